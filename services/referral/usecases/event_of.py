"""The event that a fact is published as, if it is: translation and nothing else."""

from typing import Any

from schemas.event import Event
from schemas.handover import (
    CoordinatorNamed,
    HandoverCompleted,
    HandoverPatientChanged,
    HandoverReopened,
    HandoverReplanned,
    HandoverWithdrawn,
)
from schemas.offer import (
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    OfferMadeLater,
    OfferRedirected,
    OfferUnanswered,
)
from schemas.referral import AppointmentChanged, ReferralChanged
from schemas.task import TaskAdded, TaskChanged, TaskClaimed, TaskEscalated, TaskMade, TaskWarned
from services.referral.domain import facts, offer_facts, referral_facts, task_facts
from services.referral.domain.handover import Handover, Offer, Task

_TaskFact = (
    task_facts.TaskAdded
    | task_facts.TaskChanged
    | task_facts.TaskClaimed
    | task_facts.TaskWarned
    | task_facts.TaskEscalated
)


def event_of(handover: Handover, fact: facts.Fact) -> Event | None:
    """What is said of a fact; None: it is nobody else's concern."""
    about: dict[str, Any] = {
        "patient_key": handover.patient_key,
        "handover_id": handover.handover_id,
    }
    event: Event | None
    match fact:
        case offer_facts.OfferAccepted():
            event = OfferAccepted(
                **about,
                offer_id=fact.offer_id,
                team=fact.team,
                accepted_at=fact.at,
                accepted_by=fact.by,
                coordinator_team=fact.coordinator_team,
            )
        case offer_facts.OfferDeclined():
            event = OfferDeclined(
                **about,
                offer_id=fact.offer_id,
                team=fact.team,
                declined_at=fact.at,
                declined_by=fact.by,
                reason=fact.reason,
                owner_team=fact.owner_team,
            )
        case offer_facts.TasksOffered():
            event = OfferMadeLater(
                **about,
                offer=offer_made(fact.offer),
                tasks=fact.tasks,
                owner_team=fact.owner_team,
                reason=fact.reason,
                made_at=fact.at,
                made_by=fact.by,
            )
        case offer_facts.OfferRedirected():
            event = OfferRedirected(
                **about,
                offer_id=fact.offer_id,
                team=fact.team,
                offer=offer_made(fact.offer),
                tasks=fact.tasks,
                reason=fact.reason,
                redirected_at=fact.at,
                redirected_by=fact.by,
            )
        case offer_facts.OfferUnanswered():
            event = OfferUnanswered(
                **about,
                offer_id=fact.offer_id,
                team=fact.team,
                owner_team=fact.owner_team,
                told_teams=fact.told_teams,
                accept_by=fact.accept_by,
                said_at=fact.at,
            )
        case referral_facts.ReferralMoved() | referral_facts.AppointmentChanged():
            event = _of_a_referral(about, handover, fact)
        case task_facts.TaskNoted() | task_facts.TaskSnoozed():
            event = None
        case (
            task_facts.TaskAdded()
            | task_facts.TaskChanged()
            | task_facts.TaskClaimed()
            | task_facts.TaskWarned()
            | task_facts.TaskEscalated()
        ):
            event = _of_a_task(about, fact)
        case _:
            event = _of_the_whole(about, fact)
    return event


def _of_a_referral(
    about: dict[str, Any], handover: Handover, fact: referral_facts.ReferralFact
) -> Event:
    about |= {"referral_id": handover.spell_id, "changed_at": fact.at, "changed_by": fact.by}
    match fact:
        case referral_facts.ReferralMoved():
            return ReferralChanged(
                **about,
                state=fact.state,
                team=fact.team,
                reason=fact.reason,
                clock_started_at=handover.clock_started_at,
                clock_stopped_at=fact.clock_stopped_at,
            )
        case referral_facts.AppointmentChanged(appointment=one):
            return AppointmentChanged(
                **about,
                appointment_id=one.appointment_id,
                status=one.status,
                team=one.team,
                starts_at=one.starts_at,
                previous_starts_at=fact.previous_starts_at,
            )


def _of_a_task(about: dict[str, Any], fact: _TaskFact) -> Event:
    event: Event
    match fact:
        case task_facts.TaskAdded():
            event = TaskAdded(**about, task=task_made(fact.task), added_at=fact.at)
        case task_facts.TaskChanged():
            event = TaskChanged(
                **about,
                task_id=fact.task_id,
                status=fact.status,
                owner_team=fact.owner_team,
                changed_at=fact.at,
                changed_by=fact.by,
            )
        case task_facts.TaskEscalated():
            event = TaskEscalated(
                **about,
                task_id=fact.task_id,
                code=fact.code,
                owner_team=fact.owner_team,
                told_teams=fact.told_teams,
                due_at=fact.due_at,
                escalated_at=fact.at,
                step=fact.step,
                milestone=fact.milestone,
            )
        case task_facts.TaskClaimed():
            event = TaskClaimed(
                **about,
                task_id=fact.task_id,
                owner_team=fact.owner_team,
                person=fact.person,
                claimed_at=fact.at,
                claimed_by=fact.by,
            )
        case task_facts.TaskWarned():
            event = TaskWarned(
                **about,
                task_id=fact.task_id,
                code=fact.code,
                owner_team=fact.owner_team,
                told_teams=fact.told_teams,
                milestone=fact.milestone,
                due_at=fact.due_at,
                warned_at=fact.at,
            )
    return event


def _of_the_whole(about: dict[str, Any], fact: facts.WholeFact) -> Event | None:
    event: Event | None
    match fact:
        case facts.HandoverCompleted():
            event = HandoverCompleted(**about, completed_at=fact.at, completed_by=fact.by)
        case facts.HandoverWithdrawn():
            event = HandoverWithdrawn(
                **about, withdrawn_at=fact.at, withdrawn_by=fact.by, reason=fact.reason
            )
        case facts.HandoverReopened():
            event = HandoverReopened(
                **about, reason=fact.reason, reopened_at=fact.at, reopened_by=fact.by
            )
        case facts.CoordinatorNamed(coordinator=who):
            event = CoordinatorNamed(
                **about,
                state=who.state,
                team=who.team,
                name=who.name,
                phone=who.phone,
                named_at=fact.at,
                named_by=fact.by,
            )
        case facts.SomethingHappened():
            event = None
        case facts.HandoverReplanned():
            event = HandoverReplanned(
                **about,
                replanned_at=fact.at,
                clock_started_at=fact.clock_started_at,
                reason=fact.reason,
                offers=tuple(offer_made(offer) for offer in fact.offers),
                tasks=tuple(task_made(task) for task in (*fact.tasks, *fact.moved)),
                cancelled=fact.cancelled,
            )
        case facts.HandoverPatientChanged():
            event = HandoverPatientChanged(
                **about,
                previous_patient_key=fact.previous,
                reason=fact.reason,
                changed_at=fact.at,
            )
    return event


def offer_made(offer: Offer) -> OfferMade:
    """An offer as it is published."""
    return OfferMade(
        offer_id=offer.offer_id,
        team=offer.team,
        role=offer.role,
        from_team=offer.from_team,
        redirects=offer.redirects,
        redirect_count=offer.redirect_count,
        accept_by=offer.accept_by,
    )


def task_made(task: Task) -> TaskMade:
    """A task as it is published."""
    return TaskMade(
        task_id=task.task_id,
        offer_id=task.offer_id,
        code=task.code,
        rule_id=task.rule_id,
        rule_version=task.rule_version,
        owner_team=task.owner_team,
        not_before=task.not_before,
        due_at=task.due_at,
        status=task.status,
        skill=task.skill,
        priority=task.priority,
        follows=task.follows,
    )
