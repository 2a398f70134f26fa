"""Start a task, so that the others see that somebody is at it."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import doing
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def start_task(unit: UnitOfWork, desk: Desk, task_id: UUID) -> Changed:
    """Put a task in progress."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (doing.start(whole, task_id, desk.person, now),),
    )
