"""Say that a task cannot be done; the coordinator gets a task to decide what happens instead."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import adding, doing
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def fail_task(unit: UnitOfWork, desk: Desk, task_id: UUID, *, reason: str) -> Changed:
    """Close a task as failed, with its follow-on (C9)."""

    def decide(whole: Whole, now: datetime) -> Sequence[Fact]:
        failed = doing.fail(whole, task_id, desk.person, now, reason=reason)
        return (failed, *adding.follow_on(whole, failed, desk.playbook, new_id))

    return await act(unit, desk, "task", task_id, decide)
