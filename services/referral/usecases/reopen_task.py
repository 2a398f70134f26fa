"""Take up again what was closed."""

from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import reopening
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.measures import REOPENED
from services.referral.usecases.records import Changed


async def reopen_task(unit: UnitOfWork, desk: Desk, task_id: UUID, *, reason: str) -> Changed:
    """Make a task that follows the closed one; `reason` is one of `domain.reasons.REOPEN`."""
    change = await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: reopening.reopen(
            whole, task_id, desk.person, now, desk.playbook, new_id, reason=reason
        ),
    )
    REOPENED.inc()
    return change
