"""What notify remembers of a handover: who is asked, who owns what, by when and in what state."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

CLOSED = frozenset({"completed", "failed", "cancelled", "rejected", "entered-in-error"})
"""Task statuses after which nobody needs to act."""

UNDELIVERED = "undelivered"
"""The rule id of a task that exists because a message did not reach anybody."""


class Standing(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What the team that was asked said to a task."""

    OWN = "own"
    """Nobody was asked: the sender's own duty."""
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class PlanTask:
    task_id: UUID
    offer_id: UUID | None
    asked_team: str
    """Directory id of the team that the offer went to; the owner's for the sender's own duty."""
    code: str
    rule_id: str
    owner_team: str
    """The one accountable team now."""
    not_before: datetime | None
    due_at: datetime
    status: str
    answer: Answer

    @property
    def is_open(self) -> bool:
        return self.status not in CLOSED


@dataclass(frozen=True, slots=True)
class Plan:
    """One handover as its teams and its patient may see it; holds no identity."""

    handover_id: UUID
    patient_key: str
    sender: str
    """ODS code."""
    coordinator_team: str
    """The single point of contact."""
    standing: Standing
    clock_started_at: datetime
    opened_at: datetime
    test_patient: bool
    back_in_hospital: bool = False
    """The patient came back: what the plan says of home has to wait."""
    tasks: tuple[PlanTask, ...] = ()

    def task(self, task_id: UUID) -> PlanTask | None:
        return next((task for task in self.tasks if task.task_id == task_id), None)

    def of_offer(self, offer_id: UUID | None) -> tuple[PlanTask, ...]:
        return tuple(task for task in self.tasks if task.offer_id == offer_id)


def accept(plan: Plan, offer_id: UUID, team: str, coordinator_team: str) -> Plan:
    """The asked team took the offer: its tasks are theirs from now on."""
    taken = _change(
        plan,
        lambda task: task.offer_id == offer_id,
        lambda task: replace(task, owner_team=team, answer=Answer.ACCEPTED),
    )
    return replace(taken, coordinator_team=coordinator_team)


def decline(plan: Plan, offer_id: UUID, owner_team: str) -> Plan:
    """The asked team said no: the sender keeps the tasks."""
    return _change(
        plan,
        lambda task: task.offer_id == offer_id,
        lambda task: replace(task, owner_team=owner_team, answer=Answer.DECLINED),
    )


def add(plan: Plan, task: PlanTask) -> Plan:
    """A task joined; one that is known already changes nothing."""
    return plan if plan.task(task.task_id) else replace(plan, tasks=(*plan.tasks, task))


def change(plan: Plan, task_id: UUID, status: str, owner_team: str) -> Plan:
    """A person moved a task to another status."""
    return _change(
        plan,
        lambda task: task.task_id == task_id,
        lambda task: replace(task, status=status, owner_team=owner_team),
    )


def replan(
    plan: Plan, made: Iterable[PlanTask], cancelled: Collection[UUID], clock_started_at: datetime
) -> Plan:
    """What has to be done by when is another now; owners and answers stay, and what was done stays done."""
    for task in made:
        plan = add(plan, task)
        plan = _change(plan, partial(_is_open_task, task.task_id), partial(_at_new_times, task))
    called_off = _change(
        plan,
        lambda task: task.is_open and task.task_id in cancelled,
        lambda task: replace(task, status="cancelled"),
    )
    return replace(called_off, clock_started_at=clock_started_at)


def complete(plan: Plan) -> Plan:
    return replace(plan, standing=Standing.COMPLETED)


def withdraw(plan: Plan) -> Plan:
    """The handover should not go on; what was open is cancelled."""
    cancelled = _change(
        plan, lambda task: task.is_open, lambda task: replace(task, status="cancelled")
    )
    return replace(cancelled, standing=Standing.WITHDRAWN)


def _is_open_task(task_id: UUID, task: PlanTask) -> bool:
    return task.task_id == task_id and task.is_open


def _at_new_times(new: PlanTask, task: PlanTask) -> PlanTask:
    return replace(task, not_before=new.not_before, due_at=new.due_at)


def _change(
    plan: Plan, chosen: Callable[[PlanTask], bool], to: Callable[[PlanTask], PlanTask]
) -> Plan:
    return replace(plan, tasks=tuple(to(task) if chosen(task) else task for task in plan.tasks))
