"""What filing documents needs from the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.domain.document import Address, Document, Filed
from services.discharge.domain.message import Answer


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that has just arrived."""

    filed: Filed
    document: Document
    business_answer: int | None = None
    """ITK3 response code; None: not asked for, or not for us to say."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A message with a document, and the answers to it."""

    message_id: UUID
    received_at: datetime
    handed_in_by: str
    body: bytes
    answer: Answer
    business: int | None


class Documents(Protocol):
    """Which documents there are, and which of them are current."""

    async def load(self, connection: Connection, addresses: Collection[Address]) -> list[Filed]:
        """Lock and load every document that is linked to one of these, however far."""

    async def save(
        self, connection: Connection, new: Sequence[NewDocument], changed: Sequence[Filed]
    ) -> None:
        """Write what is new and what changed."""

    async def answered(self, connection: Connection, message_id: UUID) -> Answered | None:
        """What the sender of a message was told, and what it still may be told."""

    async def sent(
        self, connection: Connection, messages: Collection[str]
    ) -> dict[str, tuple[str, UUID | None]]:
        """The patient key and the stay of documents, by the id that their sender gave the message."""
