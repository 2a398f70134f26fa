"""Take in, as it is, a message that shares its control id with another: an A13 often has its A03's."""

from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.errors import NotAClash, ReasonNeeded
from services.discharge.domain.message import Incoming, Outcome
from services.discharge.usecases.read_message import read_message
from services.discharge.usecases.resubmit_message import Bench, resubmit_message


async def accept_clash(
    unit: UnitOfWork, bench: Bench, same: Incoming, by: str, reason: str
) -> Outcome:
    """`same` is the stored message read anew. Raises `MessageUnknown`, `NotAClash` and `ReasonNeeded`."""
    if same.resubmits is None:
        raise ValueError("it names the message that it is")
    message = await read_message(
        unit.connection, bench.stores.messages, same.resubmits, own_of=None
    )
    if not message["clash"]:
        raise NotAClash
    if not reason:
        raise ReasonNeeded("Say why the message is right as it is.")
    return await resubmit_message(unit, bench, same, by, reason, "accepted")
