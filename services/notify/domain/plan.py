"""What notify remembers of a handover: who is asked, who owns what, by when and in what state."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from services.notify.domain.underway import Appointment, Contact, ReferralState

CLOSED = frozenset({"completed", "failed", "cancelled", "rejected", "entered-in-error"})
"""Task statuses after which nobody needs to act."""

_GONE = CLOSED - {"completed"}

UNDELIVERED = "undelivered"
"""The rule id of a task that exists because a message did not reach anybody."""


class Standing(StrEnum):
    """How a handover stands, as far as notify has heard."""

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
    """A task as far as people are told of it. Its times are UTC."""

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
    priority: str = "routine"
    moved: bool = False
    """It was offered to another team because the patient or a practice moved: the patient hears who accepted it."""

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
    """The team that is accountable for the whole."""
    standing: Standing
    clock_started_at: datetime
    opened_at: datetime
    test_patient: bool
    back_in_hospital: bool = False
    """The patient came back: what the plan says of home has to wait."""
    tasks: tuple[PlanTask, ...] = ()
    purpose: str = "discharge"
    """`discharge`, `referral`, `document` or `loose-end`."""
    sender_team: str = ""
    """Directory id of the team that handed over; for a referral, who referred."""
    contact: Contact | None = None
    """None: nobody was named, and the accountable team is whom to ring."""
    referral: ReferralState | None = None
    appointments: tuple[Appointment, ...] = ()

    def appointment(self, appointment_id: UUID | None) -> Appointment | None:
        """None: not known here."""
        return next(
            (one for one in self.appointments if one.appointment_id == appointment_id), None
        )

    @property
    def teams(self) -> tuple[str, ...]:
        """Every team that has a part in it: who sent, who is accountable, who works or was asked and did not say no."""
        of_tasks = (
            team
            for task in self.tasks
            if task.status not in _GONE
            for team in (
                task.owner_team,
                task.asked_team if task.answer is not Answer.DECLINED else task.owner_team,
            )
        )
        named = (self.contact.team,) if self.contact else ()
        teams = dict.fromkeys((self.sender_team, self.coordinator_team, *named, *of_tasks))
        return tuple(team for team in teams if team)

    def task(self, task_id: UUID) -> PlanTask | None:
        """None: not known here."""
        return next((task for task in self.tasks if task.task_id == task_id), None)

    def of_offer(self, offer_id: UUID | None) -> tuple[PlanTask, ...]:
        """The tasks of one offer; of None, the sender's own duties."""
        return tuple(task for task in self.tasks if task.offer_id == offer_id)


def accept(plan: Plan, offer_id: UUID, team: str, coordinator_team: str) -> Plan:
    """The asked team took the offer: its tasks are theirs from now on."""
    taken = _change(
        plan,
        lambda task: task.offer_id == offer_id,
        lambda task: replace(task, owner_team=team, answer=Answer.ACCEPTED),
    )
    return replace(taken, coordinator_team=coordinator_team)


def offer(
    plan: Plan,
    offer_id: UUID,
    tasks: Collection[UUID],
    asked_team: str,
    owner_team: str,
    *,
    moved: bool,
) -> Plan:
    """These tasks were offered to another team; whoever asks is accountable until it accepts."""
    return _change(
        plan,
        lambda task: task.task_id in tasks,
        lambda task: replace(
            task,
            offer_id=offer_id,
            asked_team=asked_team,
            owner_team=owner_team,
            answer=Answer.WAITING,
            moved=moved,
        ),
    )


def told_of_move(plan: Plan) -> Plan:
    """The patient hears of a move once, whoever else accepts a part of it later."""
    return _change(plan, lambda task: task.moved, lambda task: replace(task, moved=False))


def note_appointment(plan: Plan, new: Appointment) -> Plan:
    """What is known of an appointment now."""
    others = (one for one in plan.appointments if one.appointment_id != new.appointment_id)
    return replace(plan, appointments=(*others, new))


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
    """Everything in it is done; it can still be read, and opened again."""
    return replace(plan, standing=Standing.COMPLETED)


def reopen(plan: Plan) -> Plan:
    """A completed handover goes on; a withdrawn one never does."""
    return replace(plan, standing=Standing.OPEN) if plan.standing is Standing.COMPLETED else plan


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
