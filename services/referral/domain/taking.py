"""Who in a team does a task: taking it, putting it back, and asking a colleague; the team stays accountable."""

from datetime import datetime
from uuid import UUID

from services.referral.domain.errors import (
    NotTheOwner,
    OfferNotAccepted,
    TakenByAnother,
    TaskClosed,
)
from services.referral.domain.handover import Task, Whole
from services.referral.domain.people import Person
from services.referral.domain.task_facts import TaskClaimed


def claim(
    whole: Whole, task_id: UUID, person: Person, now: datetime, *, take_over: bool = False
) -> TaskClaimed:
    """Take a task in one's own name. What a colleague has is taken over only when that is said.

    Raises `TakenByAnother`, `NotTheOwner`, `TaskClosed`, or `OfferNotAccepted` before the team has accepted it.
    """
    task = _open(whole, task_id, person)
    if task.owner_person not in ("", person.ref) and not take_over:
        raise TakenByAnother
    return TaskClaimed(task_id, task.owner_team, person.ref, now, person.ref)


def put_back(whole: Whole, task_id: UUID, person: Person, now: datetime) -> TaskClaimed:
    """Leave a task to whoever in the team takes it next."""
    return TaskClaimed(task_id, _open(whole, task_id, person).owner_team, "", now, person.ref)


def reassign(whole: Whole, task_id: UUID, person: Person, now: datetime, *, to: str) -> TaskClaimed:
    """Give a task to a colleague, by staff reference."""
    return TaskClaimed(task_id, _open(whole, task_id, person).owner_team, to, now, person.ref)


def _open(whole: Whole, task_id: UUID, person: Person) -> Task:
    task = whole.task(task_id)
    if not person.speaks_for(task.owner_team):
        raise NotTheOwner
    if not task.is_open:
        raise TaskClosed
    if task.status == "requested":
        raise OfferNotAccepted
    return task
