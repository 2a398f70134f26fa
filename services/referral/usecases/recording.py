"""Record what happened: the state, a line in the history, and the timer that must ring or no longer may."""

from collections.abc import Iterator, Sequence

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import closing
from services.referral.domain.facts import (
    Fact,
    HandoverReplanned,
    HandoverWithdrawn,
    TaskAdded,
    TaskChanged,
)
from services.referral.domain.handover import FINAL, Whole
from services.referral.domain.rules import Playbook
from services.referral.usecases.history import entries_of
from services.referral.usecases.measures import WITHDRAWN
from services.referral.usecases.ports import Handovers
from services.referral.usecases.records import Changed, StopNotice

DEADLINE = "task.deadline"
"""The timer of a deadline; its subject is the task."""
UNREAD = "withdrawal.unread"
"""The timer of a withdrawal that a team must say it knows of; its subject is the notice."""


async def record(
    unit: UnitOfWork, handovers: Handovers, changes: Sequence[Changed], playbook: Playbook
) -> None:
    """Write the facts of these changes in a constant number of statements."""
    await handovers.save(unit.connection, changes)
    entries = [
        entry
        for change in changes
        for fact in change.facts
        for entry in entries_of(change.whole.handover.handover_id, fact)
    ]
    await handovers.remember(unit.connection, entries)
    notices: list[StopNotice] = []
    for change in changes:
        for fact in change.facts:
            _keep_time(unit, fact)
            if isinstance(fact, HandoverWithdrawn):
                WITHDRAWN[fact.reason].inc()
                notices += _notices(unit, change.whole, fact, playbook)
    if notices:
        await handovers.expect_answers(unit.connection, notices)


def _notices(
    unit: UnitOfWork, whole: Whole, fact: HandoverWithdrawn, playbook: Playbook
) -> Iterator[StopNotice]:
    for team, due_at in closing.teams_to_stop(whole, fact, playbook):
        notice = StopNotice(new_id(), whole.handover.handover_id, team, fact.at)
        unit.set_timer(UNREAD, notice.notice_id, due_at)
        yield notice


def _keep_time(unit: UnitOfWork, fact: Fact) -> None:
    match fact:
        case TaskAdded(task=task):
            unit.set_timer(DEADLINE, task.task_id, task.due_at)
        case TaskChanged(task_id=task_id, status=status) if status in FINAL:
            unit.cancel_timers(task_id)
        case HandoverWithdrawn(tasks=tasks):
            for task_id in tasks:
                unit.cancel_timers(task_id)
        case HandoverReplanned(cancelled=cancelled, moved=moved, tasks=added):
            for task_id in (*cancelled, *(task.task_id for task in moved)):
                unit.cancel_timers(task_id)
            for task in (*moved, *added):
                if not task.escalation_step:
                    unit.set_timer(DEADLINE, task.task_id, task.due_at)
        case _:
            pass
