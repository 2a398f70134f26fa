"""Read one person's national record after an event said that it changed, and take in what it says."""

from services.discharge.domain.national import (
    MOST_TRIES,
    Due,
    RecordAway,
    Result,
    Strange,
    pause_after,
)
from services.discharge.usecases.national_ports import Ask, ReadRecord, TakeIn


async def read_national_record(due: Due, ask: Ask, read: ReadRecord, take_in: TakeIn) -> Result:
    """Ask, read, take in. Raises `RecordAway`, and what taking in raises when the database is away."""
    if due.taken_in:
        return Result(due.event_ref, "taken-in", "before")
    if due.nhs_number is None:
        return Result(due.event_ref, "no-such-patient")
    reply = await ask(due.nhs_number)
    if isinstance(reply, Strange):
        return again(due, reply.reason)
    incoming = read(reply, due, due.claimed_at)
    if incoming is None:
        return again(due, "says-nothing-yet" if due.death else "unreadable")
    await take_in(incoming)
    return Result(due.event_ref, "taken-in")


def put_off(due: Due, away: RecordAway, pause: float) -> Result:
    """The event waits until the record is back."""
    return Result(due.event_ref, None, away.reason, pause, counts=False)


def again(due: Due, reason: str) -> Result:
    """The event is tried once more, unless it was tried often enough."""
    if due.tries >= MOST_TRIES:
        return Result(due.event_ref, "failed", reason)
    return Result(due.event_ref, None, reason, pause_after(due.tries))
