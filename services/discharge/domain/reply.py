"""What the receiver of a document answered to its sender."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """An ITK3 response: about which message, and what it says (C7)."""

    to_message: str
    """The id of the message that is answered, as its sender gave it."""
    code: str
    """Response code, for example `20013`."""
    answered_by: str
    """ODS code of the organisation that answers."""
    answered_at: datetime
    """UTC, as it says; where it says nothing, when it arrived."""
