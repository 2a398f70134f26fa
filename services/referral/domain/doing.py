"""Doing a task: the moves that FHIR Task allows here, and what each needs (C9)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.referral.domain.errors import (
    MoveNotAllowed,
    NotTheOwner,
    OfferNotAccepted,
    ReasonMissing,
)
from services.referral.domain.handover import Task, TaskStatus, Whole
from services.referral.domain.people import Person
from services.referral.domain.task_facts import TaskChanged, TaskNoted

MOVES: Mapping[TaskStatus, frozenset[TaskStatus]] = {
    "draft": frozenset({"requested", "cancelled", "entered-in-error"}),
    "requested": frozenset({"received", "accepted", "rejected", "cancelled", "entered-in-error"}),
    "received": frozenset({"accepted", "rejected", "cancelled"}),
    "accepted": frozenset({"in-progress", "on-hold", "completed", "failed", "cancelled"}),
    "ready": frozenset({"in-progress", "cancelled"}),
    "in-progress": frozenset({"completed", "on-hold", "failed", "cancelled"}),
    "on-hold": frozenset({"in-progress", "failed", "cancelled"}),
    "rejected": frozenset(),
    "completed": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
    "entered-in-error": frozenset(),
}
"""From a status to those it may become."""


def start(whole: Whole, task_id: UUID, person: Person, now: datetime) -> TaskChanged:
    """Begin a task, so that the rest of the team sees that somebody is at it.

    Raises `NotTheOwner`, `OfferNotAccepted` before anybody has accepted it, and `MoveNotAllowed`.
    """
    return _move(_mine(whole, task_id, person), "in-progress", person, now)


def complete(
    whole: Whole, task_id: UUID, person: Person, now: datetime, *, reason: str = ""
) -> TaskChanged:
    """Say that a task is done.

    A sentence on the outcome is needed where its rule asks for one, and before the time from which the task may
    be done: else `ReasonMissing`. Raises what `start` raises besides.
    """
    task = _mine(whole, task_id, person)
    reason = reason.strip()
    if not reason and task.needs_outcome:
        raise ReasonMissing("Say in a sentence what was done.")
    if not reason and task.not_before is not None and now < task.not_before:
        raise ReasonMissing("Say in a sentence why this was done before its time.")
    return _move(task, "completed", person, now, reason)


def fail(whole: Whole, task_id: UUID, person: Person, now: datetime, *, reason: str) -> TaskChanged:
    """Say that a task cannot be done, and why; a follow-on for the coordinator must be added with it.

    Raises `ReasonMissing`, and what `start` raises.
    """
    task = _mine(whole, task_id, person)
    if not reason.strip():
        raise ReasonMissing(
            "Say why this cannot be done, so that the coordinator can decide what next."
        )
    return _move(task, "failed", person, now, reason.strip())


def note(whole: Whole, task_id: UUID, person: Person, now: datetime, *, text: str) -> TaskNoted:
    """Write something down: an attempt that failed, a message left. It completes nothing (B0 rule 7).

    Raises `ReasonMissing` where nothing is written.
    """
    _mine(whole, task_id, person)
    if not text.strip():
        raise ReasonMissing("Write the note before you save it.")
    return TaskNoted(task_id, text.strip(), now, person.ref)


def _mine(whole: Whole, task_id: UUID, person: Person) -> Task:
    task = whole.task(task_id)
    if not person.speaks_for(task.owner_team):
        raise NotTheOwner
    return task


def _move(
    task: Task, status: TaskStatus, person: Person, now: datetime, reason: str = ""
) -> TaskChanged:
    if task.status == "requested":
        raise OfferNotAccepted
    if status not in MOVES[task.status]:
        raise MoveNotAllowed(task.status, status)
    return TaskChanged(task.task_id, status, task.owner_team, now, person.ref, reason)
