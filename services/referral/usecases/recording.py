"""Record what happened: the state, a line in the history, and the timer that must ring or no longer may."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.facts import (
    Fact,
    HandoverCompleted,
    HandoverWithdrawn,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskEscalated,
    TaskNoted,
)
from services.referral.domain.handover import FINAL
from services.referral.usecases.ports import Changed, Handovers, HistoryEntry

DEADLINE = "task.deadline"
"""The one kind of timer that referral sets; its subject is the task."""


async def record(unit: UnitOfWork, handovers: Handovers, changes: Sequence[Changed]) -> None:
    """Write the facts of these changes in a constant number of statements."""
    await handovers.save(unit.connection, changes)
    entries = [
        entry
        for change in changes
        for fact in change.facts
        for entry in _entries(change.whole.handover.handover_id, fact)
    ]
    await handovers.remember(unit.connection, entries)
    for change in changes:
        for fact in change.facts:
            _keep_time(unit, fact)


def _keep_time(unit: UnitOfWork, fact: Fact) -> None:
    match fact:
        case TaskAdded(task=task):
            unit.set_timer(DEADLINE, task.task_id, task.due_at)
        case TaskChanged(task_id=task_id, status=status) if status in FINAL:
            unit.cancel_timers(task_id)
        case HandoverWithdrawn(tasks=tasks):
            for task_id in tasks:
                unit.cancel_timers(task_id)
        case _:
            pass


def _entries(of: UUID, fact: Fact) -> tuple[HistoryEntry, ...]:
    entries: tuple[HistoryEntry, ...]
    match fact:
        case OfferAccepted(offer_id=offer, team=team, by=by, at=at):
            accepted = HistoryEntry(of, at, "offer.accepted", offer, team, by)
            taken = HistoryEntry(of, at, "coordination.taken", of, team, by)
            entries = (accepted, taken) if fact.takes_coordination else (accepted,)
        case OfferDeclined(offer_id=offer, team=team, by=by, at=at, reason=reason):
            entries = (HistoryEntry(of, at, "offer.declined", offer, team, by, reason),)
        case TaskAdded(task=task, at=at):
            entries = (HistoryEntry(of, at, "task.added", task.task_id, task.owner_team),)
        case TaskChanged(task_id=task_id, owner_team=team, by=by, at=at, reason=reason):
            entries = (HistoryEntry(of, at, f"task.{fact.status}", task_id, team, by, reason),)
        case TaskNoted(task_id=task_id, by=by, at=at, text=text):
            entries = (HistoryEntry(of, at, "task.noted", task_id, "", by, text),)
        case TaskEscalated(task_id=task_id, told_teams=told, at=at):
            entries = tuple(HistoryEntry(of, at, "task.escalated", task_id, team) for team in told)
        case HandoverCompleted(at=at, by=by):
            entries = (HistoryEntry(of, at, "handover.completed", of, "", by),)
        case HandoverWithdrawn(at=at, by=by, reason=reason):
            entries = (HistoryEntry(of, at, "handover.withdrawn", of, "", by, reason),)
    return entries
