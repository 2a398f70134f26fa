"""What discharge says of documents: the summary itself, with its text, on a topic of its own (restricted)."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from schemas.event import Event, Fact
from schemas.topics import DOCUMENTS


class DocumentSection(Fact):
    """A heading and what stands under it."""

    code: str
    """SNOMED CT code of the heading, for example `887201000000105` (plan and requested actions)."""
    title: str
    text: str
    """Plain text; may name people."""


class DocumentReceived(Event):
    """A document arrived and is the current one of its set (ITK3 Transfer of Care)."""

    type: ClassVar[str] = "document.received"
    topic: ClassVar[str] = DOCUMENTS

    document_id: UUID
    """Ours."""
    replaces: UUID | None = None
    """Our id of the document whose place it takes, if that one was said before."""
    spell_id: UUID | None = None
    """The stay that it is about, where that could be told."""
    sender: str
    """ODS code."""
    recipient: str = ""
    """ODS code of the organisation that it is for."""
    for_action: bool
    """True: it asks for work (recipient type FA). False: for information, a record only."""
    code: str
    """SNOMED CT document type, for example `373942005` (discharge summary)."""
    title: str = ""
    authored_at: datetime
    received_at: datetime
    discharged_at: datetime | None = None
    sections: tuple[DocumentSection, ...] = ()
    attachments: int = 0
    test_patient: bool = False
    flags: tuple[str, ...] = ()


class DocumentWithdrawn(Event):
    """A document does not count any more, and nothing takes its place."""

    type: ClassVar[str] = "document.withdrawn"
    topic: ClassVar[str] = DOCUMENTS

    document_id: UUID
    withdrawn_at: datetime
    reason: str
