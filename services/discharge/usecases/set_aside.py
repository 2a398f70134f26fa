"""Set a refused message aside: it needs no mending, and a person says why."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.errors import NothingToSetAside, ReasonNeeded
from services.discharge.usecases.ports import Messages
from services.discharge.usecases.read_message import read_message
from services.discharge.usecases.review_ports import Decided, Reviews


async def set_aside(
    unit: UnitOfWork, messages: Messages, reviews: Reviews, message_id: UUID, by: str, reason: str
) -> None:
    """Raises `MessageUnknown`, `NothingToSetAside` and `ReasonNeeded`."""
    message = await read_message(unit.connection, messages, message_id, own_of=None)
    relations = await reviews.relations(unit.connection, message)
    if not relations["waiting"]:
        raise NothingToSetAside
    if not reason:
        raise ReasonNeeded("Say why nothing needs to be done.")
    await reviews.decide(unit.connection, Decided(message_id, by, "set-aside", reason))
