"""Put a task away for a while, and take it out again."""

from datetime import datetime
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import snoozing
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def snooze_task(
    unit: UnitOfWork, desk: Desk, task_id: UUID, *, until: datetime, reason: str
) -> Changed:
    """Let it leave the list until a time that is not past its deadline or its next warning."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (
            snoozing.snooze(whole, task_id, desk.person, now, until=until, reason=reason),
        ),
    )


async def wake_task(unit: UnitOfWork, desk: Desk, task_id: UUID) -> Changed:
    """Put it back on the list."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (snoozing.wake(whole, task_id, desk.person, now),),
    )
