"""Show what became of a message: its answer, what it changed, its flags; never what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.domain.errors import MessageUnknown
from services.discharge.domain.spell import Heard
from services.discharge.domain.timeline import Standing, fold
from services.discharge.usecases.ports import Messages
from services.discharge.usecases.review_ports import Reviews, Row


@dataclass(frozen=True, slots=True)
class Stay:
    """The stay that a message is about, as everything that was said makes it."""

    standing: Standing
    happenings: tuple[tuple[str, str, str], ...]
    """When, what, and which source said so; in that order of time."""
    trust: str
    correlation: str
    """The number by which the hospital knows it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message and what belongs to it."""

    message: Row
    relations: Row
    """See `Reviews.relations`."""
    stay: Stay | None


async def read_message(
    connection: Connection,
    messages: Messages,
    message_id: UUID,
    own_of: str | None,
) -> Mapping[str, Any]:
    """Read one message.

    `own_of` limits the view to what that account handed in; None sees all. Raises `MessageUnknown`.
    """
    found = await messages.read(connection, message_id)
    if found is None or (own_of is not None and found["handed_in_by"] != own_of):
        raise MessageUnknown
    return found


async def show_message(
    connection: Connection,
    messages: Messages,
    reviews: Reviews,
    message_id: UUID,
    own_of: str | None,
) -> Shown:
    """Read one message with what belongs to it; others' part in it is not for whoever handed it in."""
    message = await read_message(connection, messages, message_id, own_of)
    relations = await reviews.relations(connection, message)
    stay = None
    if own_of is None and message["spell_id"] is not None:
        stay = await _stay(connection, reviews, message["spell_id"])
    return Shown(message, relations, stay)


async def _stay(connection: Connection, reviews: Reviews, spell_id: UUID) -> Stay | None:
    found = await reviews.spell(connection, spell_id)
    if found is None:
        return None
    heard = found["heard"]
    happenings = tuple(map(tuple, heard["happenings"]))
    return Stay(
        standing=fold(Heard(happenings, heard["details"])),
        happenings=tuple(sorted((each[0], each[1], each[2]) for each in happenings)),
        trust=found["trust"],
        correlation=found["correlation"],
    )
