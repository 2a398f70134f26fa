"""What national events need from the database and from the national record."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.connection import Connection
from services.discharge.domain.message import Incoming, Outcome
from services.discharge.domain.national import Due, Found, Missing, NationalEvent, Reply, Result


@dataclass(frozen=True, slots=True)
class Backlog:
    """What has not been dealt with."""

    waiting: int
    oldest_seconds: float
    oldest_death_seconds: float
    failed: int


class NationalEvents(Protocol):
    """The events, and which of them are due."""

    async def hear(self, connection: Connection, event: NationalEvent) -> str:
        """Store an event; returns its state, `repeated` when it was there already."""

    async def claim(self, connection: Connection, limit: int) -> list[Due]:
        """Take events that are due, deaths first; nobody else gets them for a while."""

    async def record(self, connection: Connection, results: Sequence[Result]) -> None:
        """Write what became of them."""

    async def welcome(self, connection: Connection) -> int:
        """Let events wait again whose person has become a patient here since; returns how many."""

    async def backlog(self, connection: Connection) -> Backlog:
        """How much waits, and for how long."""


Ask = Callable[[str], Awaitable[Reply]]
"""Ask the national record for one NHS number. Raises `RecordAway`."""
ReadRecord = Callable[[Found | Missing, Due, datetime], Incoming | None]
"""A reply into a message at the door; None when it can not be read."""
TakeIn = Callable[[Incoming], Awaitable[Outcome]]
"""The same way in that every message takes."""
