"""A person's decision that a parked record need not be handled: its stream goes on behind it."""

from uuid import UUID

from services.chassis import inbox, parking
from services.chassis.arrival import Arrival
from services.chassis.consumer import Consumer
from services.chassis.errors import Refusal
from services.chassis.parking import ParkedKey
from services.chassis.unit_of_work import UnitOfWork


async def discard(
    unit: UnitOfWork, consumer: Consumer, parked_id: UUID, *, by: str, because: str
) -> tuple[int, int]:
    """Give up one record and handle what waited behind it, in order; returns how many were handled, and still wait.

    The stream counts the record as heard, so that the next one follows and the record itself, heard again, is a
    repeat. Of several who decide at once one does; the others find it gone. Raises `Refusal` for a record that is not
    parked (any more), for one that could be handled once another has been, and for one that erases somebody.
    """
    arrival, place = await _lock(unit, parked_id)
    if arrival.is_tombstone:
        raise Refusal(
            "operations.erases_somebody",
            "refused",
            "This record erases what is known of somebody. Mend what stops it, then release it.",
        )
    consumer.read(arrival)
    if arrival.envelope is not None:
        heard = await inbox.lock(unit.connection, [arrival.envelope.stream])
        stream = heard[arrival.envelope.stream]
        standing = stream.standing(arrival.envelope, latest_only=arrival.latest_only)
        if standing == "early":
            raise _waits_for_another()
        if standing == "next":
            stream.note(arrival.envelope)
            await inbox.claim(unit.connection, heard)
    await parking.resolve(unit.connection, [parked_id], "discarded", by, because)
    handled = await consumer.drain(unit, *place, by=by)
    return handled, await parking.still_waiting(unit.connection, *place)


async def _lock(unit: UnitOfWork, parked_id: UUID) -> tuple[Arrival, tuple[str, str]]:
    """The record, with everything of its key locked as a release would lock it."""
    place = await parking.place_of(unit.connection, parked_id)
    if place is not None:
        for arrival in await parking.waiting(unit.connection, *place):
            if arrival.parked_id == parked_id:
                if await parking.reason_of(unit.connection, parked_id) in ("gap", "behind"):
                    raise _waits_for_another()
                return arrival, place
    raise no_such_record()


def no_such_record() -> Refusal:
    """Nothing waits under the id that was given."""
    return Refusal(
        "operations.not_parked", "missing", "Nothing is parked under this id (any more)."
    )


def meaning(key: ParkedKey) -> str:
    """What discarding the record that names this key would do, in a line."""
    behind = key.records - 1
    if key.reason in ("gap", "behind"):
        return "cannot be: it waits for an earlier record, and nothing is wrong with it"
    if key.reason not in ("poison", "schema") or not behind:
        return "gives up this record for good; nothing waits behind it"
    follow = "1 record behind it follows" if behind == 1 else f"{behind} records behind it follow"
    return f"gives up this record for good; {follow} in order"


def _waits_for_another() -> Refusal:
    return Refusal(
        "operations.waits_for_another",
        "refused",
        "Nothing is wrong with this record: it waits for an earlier one. Release or discard that one.",
    )
