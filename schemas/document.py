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


class DocumentAnswered(Event):
    """The receiver of a document that the hospital sent has answered (ITK3 response codes)."""

    type: ClassVar[str] = "document.answered"
    topic: ClassVar[str] = DOCUMENTS

    spell_id: UUID
    """The stay that the document was about."""
    answer: str
    """ITK3 response code: `20013` received, `30001` the patient is known, `30002` not known, `30003` no longer here,
    `30004` known and recently deceased; any other is kept as it is."""
    answered_by: str
    """ODS code of the organisation that answers."""
    answered_at: datetime
    """UTC, as the receiver says."""
