"""Take a message in again, mended by a person: stored beside what it was, and answered like any message."""

from dataclasses import dataclass, replace

from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.errors import ReasonNeeded
from services.discharge.domain.identity import KeyOf
from services.discharge.domain.message import Incoming, Outcome
from services.discharge.usecases.read_message import read_message
from services.discharge.usecases.receive_messages import Stores, receive_messages
from services.discharge.usecases.review_ports import Decided, Decision, Reviews


@dataclass(frozen=True, slots=True)
class Bench:
    """What taking a message in again needs."""

    stores: Stores
    reviews: Reviews
    key_of: KeyOf


async def resubmit_message(
    unit: UnitOfWork,
    bench: Bench,
    mended: Incoming,
    by: str,
    reason: str,
    decision: Decision = "resubmitted",
) -> Outcome:
    """Take in what stands for the message that `mended.resubmits` names.

    Raises `MessageUnknown`, and `ReasonNeeded` when that message was taken in already and no reason is given.
    """
    if mended.resubmits is None:
        raise ValueError("a mended message names the one that it stands for")
    original = await read_message(
        unit.connection, bench.stores.messages, mended.resubmits, own_of=None
    )
    if original["resubmits"]:
        # An attempt that was refused as well: what counts is the message that the hospital sent.
        mended = replace(mended, resubmits=original["resubmits"])
        original = await read_message(
            unit.connection, bench.stores.messages, original["resubmits"], own_of=None
        )
    relations = await bench.reviews.relations(unit.connection, original)
    taken_in = original["answer"] == "AA" or any(
        again["answer"] == "AA" for again in relations["again"]
    )
    if taken_in and not reason:
        raise ReasonNeeded("This message was taken in already. Say why it is taken in again.")
    [outcome] = await receive_messages([mended], unit, bench.stores, bench.key_of)
    if not outcome.repeated:
        decided = Decided(original["message_id"], by, decision, reason, outcome.message_id)
        await bench.reviews.decide(unit.connection, decided)
    return outcome
