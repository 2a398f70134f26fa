"""Record what happened: the state, a line in the history, and the timer that must ring or no longer may."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import closing
from services.referral.domain.coordinating import A_DAY
from services.referral.domain.facts import (
    CoordinatorNamed,
    Fact,
    HandoverReplanned,
    HandoverWithdrawn,
)
from services.referral.domain.handover import FINAL, Task, Whole
from services.referral.domain.offer_facts import (
    OfferAccepted,
    OfferDeclined,
    OfferRedirected,
    TasksOffered,
)
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskAdded, TaskChanged, TaskEscalated, TaskWarned
from services.referral.usecases.history import entries_of
from services.referral.usecases.measures import WITHDRAWN
from services.referral.usecases.ports import Handovers
from services.referral.usecases.records import Changed, StopNotice

DEADLINE = "task.deadline"
"""The timer of a deadline; its subject is the task."""
UNANSWERED = "offer.unanswered"
"""The timer of an offer that must be answered by a time of its own; its subject is the offer."""
COORDINATOR = "coordinator.missing"
"""The timer of a handover that needs a named coordinator; its subject is the handover."""
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
            if isinstance(fact, CoordinatorNamed) and fact.coordinator.state == "missing":
                unit.set_timer(COORDINATOR, change.whole.handover.handover_id, fact.at + A_DAY)
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
    for subject in _silenced(fact):
        unit.cancel_timers(subject)
    if isinstance(fact, TaskAdded):
        ring_for(unit, fact.task)
    elif isinstance(fact, HandoverReplanned):
        for task in (*fact.moved, *fact.tasks):
            ring_for(unit, task)
    elif isinstance(fact, TaskWarned | TaskEscalated) and fact.rings_at is not None:
        unit.set_timer(DEADLINE, fact.task_id, fact.rings_at)
    elif isinstance(fact, TasksOffered | OfferRedirected) and fact.offer.accept_by is not None:
        unit.set_timer(UNANSWERED, fact.offer.offer_id, fact.offer.accept_by)


def _silenced(fact: Fact) -> tuple[UUID, ...]:
    """Tasks and offers for which nothing has to ring any more, as far as was known."""
    silenced: tuple[UUID, ...] = ()
    match fact:
        case TaskChanged(task_id=task_id, status=status) if status in FINAL:
            silenced = (task_id,)
        case OfferAccepted() | OfferDeclined() | OfferRedirected():
            silenced = (fact.offer_id,)
        case HandoverWithdrawn(tasks=tasks, offers=offers):
            silenced = (*tasks, *offers)
        case HandoverReplanned(cancelled=cancelled, moved=moved, withdrawn=withdrawn):
            silenced = (*cancelled, *withdrawn, *(task.task_id for task in moved))
        case _:
            pass
    return silenced


def ring_for(unit: UnitOfWork, task: Task) -> None:
    """Let silence about a task be heard."""
    if task.rings_at is not None:
        unit.set_timer(DEADLINE, task.task_id, task.rings_at)
