"""What reviewing messages needs from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from services.chassis.connection import Connection

Row = Mapping[str, Any]
Decision = Literal["resubmitted", "accepted", "set-aside"]
Purpose = Literal["read", "compare"]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which messages a list shows. What is empty or None does not narrow it."""

    own_of: str | None = None
    """What this account handed in, and nothing else."""
    organisation: str = ""
    application: str = ""
    event: str = ""
    answer: str = ""
    door: str = ""
    flag: str = ""
    """A kind, or a kind with its place."""
    spell_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    waiting: bool = False
    """Refused, and nobody has mended it, sent it again or set it aside."""
    clash: bool = False
    before: UUID | None = None
    """The last message of the page before."""
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about a message."""

    message_id: UUID
    decided_by: str
    decision: Decision
    reason: str
    became: UUID | None = None


class Reviews(Protocol):
    """Messages as people look at them, and what those people did."""

    async def page(self, connection: Connection, filters: Filters) -> Sequence[Row]:
        """The newest first."""

    async def relations(self, connection: Connection, message: Row) -> Row:
        """`again`: what it was taken in as later; `partner`: whose control id it has; `decisions`; `waiting`."""

    async def spell(self, connection: Connection, spell_id: UUID) -> Row | None:
        """What was heard of a stay, and by which number its hospital knows it."""

    async def body(self, connection: Connection, message_id: UUID) -> bytes | None:
        """What the message says."""

    async def viewed(
        self, connection: Connection, messages: Sequence[UUID], by: str, purpose: Purpose
    ) -> None:
        """Write down who looks at what messages say."""

    async def decide(self, connection: Connection, decided: Decided) -> None:
        """Write down what a person decided."""

    async def quality(
        self, connection: Connection, since: datetime, day: datetime, own_of: str | None
    ) -> Sequence[Row]:
        """How often each source's messages had each flag since a time, and since the later `day`."""

    async def held(self, connection: Connection) -> Sequence[Row]:
        """Patients whose identity waits for somebody to check it, with their stays."""
