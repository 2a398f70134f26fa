"""Remember when a team first looked at something: who was asked is not yet who knows (A15)."""

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol
from uuid import UUID

from services.chassis.access import Actor
from services.chassis.connection import Connection

Looked = Literal["handover", "task"]
See = Callable[[Actor, UUID, Looked, UUID], Awaitable[None]]
"""Takes who looks, at which handover, at what, and its id."""


class Sights(Protocol):
    """First looks, in their table and in the history of the handover."""

    async def add(
        self,
        connection: Connection,
        teams: frozenset[str],
        person: str,
        handover_id: UUID,
        what: Looked,
        subject: UUID,
    ) -> None:
        """Note the look of each of these teams that is part of the handover, once."""
        ...
