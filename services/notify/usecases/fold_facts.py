"""From an event of referral to the plan after it, and to those who should learn of it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from schemas.event import Event
from schemas.handover import (
    CoordinatorNamed,
    HandoverCompleted,
    HandoverOpened,
    HandoverPatientChanged,
    HandoverReopened,
    HandoverReplanned,
    HandoverWithdrawn,
)
from schemas.offer import (
    OfferAccepted,
    OfferDeclined,
    OfferMadeLater,
    OfferRedirected,
    OfferUnanswered,
)
from schemas.referral import AppointmentChanged, ReferralChanged
from schemas.task import TaskAdded, TaskChanged, TaskClaimed, TaskEscalated, TaskMade, TaskWarned
from services.notify.domain import plan as plans
from services.notify.domain import telling
from services.notify.domain.alert import Telling
from services.notify.domain.plan import Answer, Plan, PlanTask, Standing
from services.notify.domain.resolver import READMITTED
from services.notify.domain.underway import Appointment, Contact, ReferralState

HANDOVER_EVENTS: tuple[type[Event], ...] = (
    HandoverOpened,
    OfferMadeLater,
    OfferRedirected,
    OfferUnanswered,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskClaimed,
    TaskWarned,
    TaskEscalated,
    CoordinatorNamed,
    HandoverCompleted,
    HandoverReopened,
    HandoverWithdrawn,
    HandoverReplanned,
    HandoverPatientChanged,
    ReferralChanged,
    AppointmentChanged,
)

MOVES = frozenset(
    {
        "practice-changed",
        "practice-closed",
        "organisation-merged",
        "out-of-area",
        "registered-elsewhere",
    }
)
"""Why a team is asked when it is the patient or a practice that moved, and not the work that found a better place."""
_COMING_AND_GOING = frozenset({READMITTED, "readmission-cancelled"})

Folded = tuple[Plan, list[Telling]]


def open_plan(event: HandoverOpened) -> Folded:
    """A new plan, and everybody who should know that it began."""
    asked = {offer.offer_id: offer.team for offer in event.offers}
    plan = Plan(
        handover_id=event.handover_id,
        patient_key=event.patient_key,
        sender=event.sender,
        coordinator_team=event.coordinator_team,
        standing=Standing.OPEN,
        clock_started_at=event.clock_started_at,
        opened_at=event.opened_at,
        test_patient=event.test_patient,
        tasks=tuple(_task(task, asked) for task in event.tasks),
        purpose=event.purpose,
        sender_team=event.coordinator_team,
    )
    because = telling.REPLACES if event.replaces else ""
    return plan, telling.on_opened(plan, asked.values(), because)


def fold(plan: Plan, event: Event) -> Folded:
    """The plan after a fact, and who should learn of it."""
    return _FOLDS[type(event)](plan, event)


def _offered(plan: Plan, event: OfferMadeLater) -> Folded:
    offer = event.offer
    after = plans.offer(
        plan,
        offer.offer_id,
        event.tasks,
        offer.team,
        event.owner_team,
        moved=event.reason in MOVES,
    )
    told = telling.on_offered(
        after, offer.offer_id, event.tasks, offer.team, event.owner_team, event.reason
    )
    return after, told


def _redirected(plan: Plan, event: OfferRedirected) -> Folded:
    offer = event.offer
    moved = event.reason in MOVES and plan.purpose != telling.REFERRAL
    after = plans.offer(plan, offer.offer_id, event.tasks, offer.team, event.team, moved=moved)
    return after, telling.on_redirected(
        after, offer.offer_id, event.tasks, offer.team, event.reason
    )


def _unanswered(plan: Plan, event: OfferUnanswered) -> Folded:
    return plan, telling.on_unanswered(
        plan, event.offer_id, event.team, event.told_teams, event.accept_by
    )


def _accepted(plan: Plan, event: OfferAccepted) -> Folded:
    after = plans.accept(plan, event.offer_id, event.team, event.coordinator_team)
    told = telling.on_accepted(plan, event.offer_id, event.team)
    return plans.told_of_move(after) if told else after, told


def _declined(plan: Plan, event: OfferDeclined) -> Folded:
    after = plans.decline(plan, event.offer_id, event.owner_team)
    return after, telling.on_declined(after, event.offer_id, event.owner_team)


def _added(plan: Plan, event: TaskAdded) -> Folded:
    asked = _asked(plan)
    task = _task(event.task, asked)
    return plans.add(plan, task), telling.on_added(task)


def _changed(plan: Plan, event: TaskChanged) -> Folded:
    return plans.change(plan, event.task_id, event.status, event.owner_team), []


def _claimed(plan: Plan, _: TaskClaimed) -> Folded:
    """Who of a team works on it is the team's own concern."""
    return plan, []


def _warned(plan: Plan, event: TaskWarned) -> Folded:
    return plan, telling.on_warned(
        plan, event.task_id, event.told_teams, event.due_at, event.milestone
    )


def _escalated(plan: Plan, event: TaskEscalated) -> Folded:
    return plan, telling.on_escalated(
        plan, event.task_id, event.told_teams, event.due_at, event.milestone
    )


def _contact_named(plan: Plan, event: CoordinatorNamed) -> Folded:
    contact = Contact(event.state, event.team, event.name, event.phone, event.named_at)
    after = replace(plan, contact=contact if event.state != "missing" else None)
    return after, telling.on_contact(plan, after)


def _reopened(plan: Plan, event: HandoverReopened) -> Folded:
    after = plans.reopen(plan)
    return after, telling.on_reopened(after, event.reason) if after != plan else []


def _referral_changed(plan: Plan, event: ReferralChanged) -> Folded:
    referral = ReferralState(event.state, event.team, event.changed_at)
    return replace(plan, referral=referral), telling.on_referral(plan, event.state, event.team)


def _appointment_changed(plan: Plan, event: AppointmentChanged) -> Folded:
    new = Appointment(
        event.appointment_id, event.status, event.team, event.starts_at, event.changed_at
    )
    return plans.note_appointment(plan, new), telling.on_appointment(
        plan, event.appointment_id, event.status, event.team, event.starts_at
    )


def _completed(plan: Plan, _: HandoverCompleted) -> Folded:
    return plans.complete(plan), []


def _withdrawn(plan: Plan, _: HandoverWithdrawn) -> Folded:
    # Who was told is known to the table of alerts only: see `follow_handovers`.
    return plans.withdraw(plan), []


def _replanned(plan: Plan, event: HandoverReplanned) -> Folded:
    new = {offer.offer_id: offer.team for offer in event.offers}
    asked = _asked(plan) | new
    made = [_task(task, asked) for task in event.tasks]
    after = plans.replan(plan, made, event.cancelled, event.clock_started_at)
    if event.reason in _COMING_AND_GOING:
        after = replace(after, back_in_hospital=event.reason == READMITTED)
    return after, telling.on_replanned(plan, after, new.values(), event.reason)


def _moved(plan: Plan, event: HandoverPatientChanged) -> Folded:
    return replace(plan, patient_key=event.patient_key), []


_FOLDS: Mapping[type[Event], Callable[..., Folded]] = {
    OfferMadeLater: _offered,
    OfferRedirected: _redirected,
    OfferUnanswered: _unanswered,
    OfferAccepted: _accepted,
    OfferDeclined: _declined,
    TaskAdded: _added,
    TaskChanged: _changed,
    TaskClaimed: _claimed,
    TaskWarned: _warned,
    TaskEscalated: _escalated,
    CoordinatorNamed: _contact_named,
    HandoverCompleted: _completed,
    HandoverReopened: _reopened,
    ReferralChanged: _referral_changed,
    AppointmentChanged: _appointment_changed,
    HandoverWithdrawn: _withdrawn,
    HandoverReplanned: _replanned,
    HandoverPatientChanged: _moved,
}


def _asked(plan: Plan) -> dict[UUID, str]:
    return {task.offer_id: task.asked_team for task in plan.tasks if task.offer_id}


def _task(made: TaskMade, asked: Mapping[UUID, str]) -> PlanTask:
    own = made.offer_id is None or made.offer_id not in asked
    asked_team = made.owner_team if own else asked[made.offer_id]  # type: ignore[index]  # own says so
    taken = made.owner_team == asked_team
    return PlanTask(
        task_id=made.task_id,
        offer_id=made.offer_id,
        asked_team=asked_team,
        code=made.code,
        rule_id=made.rule_id,
        owner_team=made.owner_team,
        not_before=made.not_before,
        due_at=made.due_at,
        status=made.status,
        answer=Answer.OWN if own else Answer.ACCEPTED if taken else Answer.WAITING,
        priority=made.priority,
    )
