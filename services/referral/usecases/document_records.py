"""What reading documents needs from the tables, and what is shown of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from schemas.document import DocumentAnswered, DocumentReceived
from services.chassis.connection import Connection
from services.chassis.unit_of_work import Cause
from services.referral.domain.reading import Document


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents one pass is about."""

    documents: Collection[UUID] = ()
    """By id, with those that they replace and those that replace them."""
    spells: Collection[UUID] = ()
    """Those of stays that wait for a place."""
    patient_keys: Collection[str] = ()
    """Those of patients that name no stay and wait for a place."""


class AnswersAhead(Protocol):
    """What receivers of documents answered before the handover that it is about was heard of."""

    async def keep(
        self, connection: Connection, answers: Sequence[tuple[DocumentAnswered, Cause]]
    ) -> None:
        """Keep them until their stay is heard of."""
        ...

    async def take(
        self, connection: Connection, spells: Iterable[UUID]
    ) -> list[tuple[DocumentAnswered, Cause]]:
        """Those about these stays, in the order in which they were given; they are not kept any more."""
        ...


class Documents(Protocol):
    """What hospitals sent in writing. Every method costs a constant number of statements."""

    async def keep(
        self, connection: Connection, received: Sequence[tuple[DocumentReceived, UUID]]
    ) -> None:
        """Keep new documents, each with its journey."""
        ...

    async def load(self, connection: Connection, wanted: Wanted) -> list[Document]:
        """Lock and load, in the order of their receipt. A place in a withdrawn handover counts as none."""
        ...

    async def save(self, connection: Connection, changed: Sequence[Document]) -> None:
        """Write where documents are, and which of them are current."""
        ...

    async def forget(self, connection: Connection, patient_keys: Iterable[str]) -> None:
        """Erase every document of these patients."""
        ...


@dataclass(frozen=True, slots=True)
class SectionView:
    """A heading of a document and what stands under it."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as it is shown."""

    document_id: UUID
    sender: str
    recipient: str
    for_action: bool
    title: str
    authored_at: datetime
    received_at: datetime
    attachments: int
    state: str
    replaces: UUID | None
    task_id: UUID | None
    sections: Sequence[SectionView] = ()
    """Only where somebody reads it."""
