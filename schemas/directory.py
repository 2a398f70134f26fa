"""What referral says of the teams that may be asked: how to reach them, for those who send messages."""

from datetime import datetime
from typing import ClassVar

from schemas.event import Event
from schemas.topics import DIRECTORY


class TeamDescribed(Event):
    """A team as it stands now; replaces what was said of it before.

    `patient_key` holds `team:` and the team's id: no patient is meant, and one team's descriptions stay in order.
    """

    type: ClassVar[str] = "team.described"
    topic: ClassVar[str] = DIRECTORY

    team: str
    """Directory id."""
    name: str
    organisation: str
    """ODS code."""
    role: str
    phone: str = ""
    email: str = ""
    active: bool = True
    """False: closed; nothing is sent to it any more."""
    described_at: datetime
