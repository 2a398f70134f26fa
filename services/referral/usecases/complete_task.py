"""Complete a task."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import doing, happening
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def complete_task(
    unit: UnitOfWork, desk: Desk, task_id: UUID, *, reason: str = ""
) -> Changed:
    """Say that it is done; `reason` is needed where the task asks for an outcome, or is done early.

    What its rule says is done with it is done too, and what follows from it is asked for.
    """

    def decide(whole: Whole, now: datetime) -> Sequence[Fact]:
        completed = doing.complete(whole, task_id, desk.person, now, reason=reason)
        return (completed, *happening.done(whole, completed, now, desk.playbook, new_id))

    return await act(unit, desk, "task", task_id, decide)
