"""What the use cases need from the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.domain.identity import Alias
from services.discharge.domain.message import Answer, Incoming, Known, Sender
from services.discharge.domain.patient import Patient
from services.discharge.domain.spell import Spell
from services.discharge.domain.statement import Realm

Stay = tuple[Realm, str, str]
"""Realm, trust and correlation: what tells a stay from others, less the patient."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A message with what became of it."""

    incoming: Incoming
    answer: Answer
    clash: bool = False
    flags: tuple[str, ...] = ()
    patient_key: str | None = None
    spell_id: UUID | None = None
    said: tuple[Mapping[str, str], ...] = ()
    """The events that it led to: their ids and types."""


class Messages(Protocol):
    """The messages as they came."""

    async def known(
        self, connection: Connection, asked: Sequence[tuple[Sender, bytes]]
    ) -> Mapping[Sender, list[Known]]:
        """Messages with the same sender and control id, if they have the same digest or were accepted."""

    async def keep(self, connection: Connection, kept: Sequence[Kept]) -> None:
        """Store new messages."""

    async def read(self, connection: Connection, message_id: UUID) -> Mapping[str, Any] | None:
        """One message for showing, without its body."""


class Patients(Protocol):
    """The patients and the numbers that stand for them."""

    async def aliases(self, connection: Connection, keys: Collection[str]) -> dict[str, Alias]:
        """Whom local numbers stand for."""

    async def load(self, connection: Connection, keys: Collection[str]) -> dict[str, Patient]:
        """Lock and load these records, and all that are linked to them."""

    async def save(
        self,
        connection: Connection,
        new: Sequence[Patient],
        changed: Sequence[Patient],
        aliases: Mapping[str, Alias],
    ) -> None:
        """Write what is new and what changed."""


class Spells(Protocol):
    """The stays."""

    async def load(self, connection: Connection, stays: Collection[Stay]) -> list[Spell]:
        """Lock and load the stays that go by these correlations."""

    async def load_of(self, connection: Connection, records: Collection[str]) -> list[Spell]:
        """Lock and load the stays whose messages name one of these records of persons."""

    async def save(
        self, connection: Connection, new: Sequence[Spell], changed: Sequence[Spell]
    ) -> None:
        """Write what is new and what changed."""
