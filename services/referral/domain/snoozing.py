"""Putting a task away for a while: it leaves the list and nothing else, so its deadline and its owner stay (A47)."""

from datetime import datetime
from uuid import UUID

from services.referral.domain.errors import (
    NotTheOwner,
    OfferNotAccepted,
    SnoozedInThePast,
    SnoozedTooLong,
    SnoozeReasonUnknown,
    TaskClosed,
)
from services.referral.domain.handover import Task, Whole
from services.referral.domain.people import Person
from services.referral.domain.reasons import SNOOZE
from services.referral.domain.task_facts import TaskSnoozed


def latest(due_at: datetime, rings_at: datetime | None) -> datetime:
    """Until when a task may be put away: its deadline, or what rings before that."""
    return min(due_at, rings_at) if rings_at else due_at


def snooze(
    whole: Whole, task_id: UUID, person: Person, now: datetime, *, until: datetime, reason: str
) -> TaskSnoozed:
    """Put a task away until a time (UTC), for a coded reason; its owner, its deadline and its timer stay.

    Raises `SnoozeReasonUnknown`, `SnoozedInThePast`, or `SnoozedTooLong` past its next warning or its deadline.
    """
    task = _mine(whole, task_id, person)
    if reason not in SNOOZE:
        raise SnoozeReasonUnknown
    if until <= now:
        raise SnoozedInThePast
    if until > latest(task.due_at, task.rings_at):
        raise SnoozedTooLong
    return TaskSnoozed(task_id, task.owner_team, until, reason, now, person.ref)


def wake(whole: Whole, task_id: UUID, person: Person, now: datetime) -> TaskSnoozed:
    """Put a task back on the list before its time."""
    return TaskSnoozed(task_id, _mine(whole, task_id, person).owner_team, None, "", now, person.ref)


def _mine(whole: Whole, task_id: UUID, person: Person) -> Task:
    task = whole.task(task_id)
    if not person.speaks_for(task.owner_team):
        raise NotTheOwner
    if not task.is_open:
        raise TaskClosed
    if task.status == "requested":
        raise OfferNotAccepted
    return task
