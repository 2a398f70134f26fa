"""Complete a task."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import doing
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def complete_task(
    unit: UnitOfWork, desk: Desk, task_id: UUID, *, reason: str = ""
) -> Changed:
    """Say that it is done; `reason` is needed where the task asks for an outcome, or is done early."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (doing.complete(whole, task_id, desk.person, now, reason=reason),),
    )
