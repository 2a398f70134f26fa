"""From facts to published events: the only place where the two meet."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from schemas.event import Event
from schemas.handover import (
    HandoverCompleted,
    HandoverOpened,
    HandoverPatientChanged,
    HandoverReplanned,
    HandoverWithdrawn,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    TaskAdded,
    TaskChanged,
    TaskEscalated,
    TaskMade,
)
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import facts
from services.referral.domain.handover import Handover, Offer, Task
from services.referral.usecases.records import Loaded


def opened(unit: UnitOfWork, fact: facts.HandoverOpened, cause: Cause) -> None:
    """Say that a handover was opened: the first event of its stream."""
    handover = fact.handover
    event = HandoverOpened(
        patient_key=handover.patient_key,
        handover_id=handover.handover_id,
        spell_id=handover.spell_id,
        sender=handover.sender,
        coordinator_team=handover.coordinator_team,
        clock_started_at=handover.clock_started_at,
        opened_at=handover.opened_at,
        offers=tuple(_offer_made(offer) for offer in fact.offers),
        tasks=tuple(_task_made(task) for task in fact.tasks),
        test_patient=handover.test_patient,
        replaces=handover.replaces,
    )
    unit.publish(
        event,
        stream=_stream(handover.handover_id),
        sequence=1,
        cause=cause,
        occurred_at=handover.opened_at,
    )


def happened(
    unit: UnitOfWork, loaded: Loaded, happenings: Sequence[facts.Fact], caused_by: UUID
) -> int:
    """Say what happened to a handover; returns how far its stream has got."""
    handover, said = loaded.whole.handover, loaded.said
    for fact in happenings:
        event = _event(handover, fact)
        if event is not None:
            said += 1
            unit.publish(
                event,
                stream=_stream(handover.handover_id),
                sequence=said,
                cause=Cause(loaded.correlation_id, caused_by),
                occurred_at=fact.at,
            )
    return said


def _event(handover: Handover, fact: facts.Fact) -> Event | None:
    about: dict[str, Any] = {
        "patient_key": handover.patient_key,
        "handover_id": handover.handover_id,
    }
    event: Event | None
    match fact:
        case facts.OfferAccepted():
            event = OfferAccepted(
                **about,
                offer_id=fact.offer_id,
                team=fact.team,
                accepted_at=fact.at,
                accepted_by=fact.by,
                coordinator_team=fact.coordinator_team,
            )
        case facts.OfferDeclined():
            event = OfferDeclined(
                **about,
                offer_id=fact.offer_id,
                team=fact.team,
                declined_at=fact.at,
                declined_by=fact.by,
                reason=fact.reason,
                owner_team=fact.owner_team,
            )
        case facts.TaskAdded():
            event = TaskAdded(**about, task=_task_made(fact.task), added_at=fact.at)
        case facts.TaskChanged():
            event = TaskChanged(
                **about,
                task_id=fact.task_id,
                status=fact.status,
                owner_team=fact.owner_team,
                changed_at=fact.at,
                changed_by=fact.by,
            )
        case facts.TaskEscalated():
            event = TaskEscalated(
                **about,
                task_id=fact.task_id,
                code=fact.code,
                owner_team=fact.owner_team,
                told_teams=fact.told_teams,
                due_at=fact.due_at,
                escalated_at=fact.at,
                step=fact.step,
            )
        case facts.TaskNoted():
            event = None
        case _:
            event = _of_the_whole(about, fact)
    return event


def _of_the_whole(about: dict[str, Any], fact: facts.WholeFact) -> Event:
    event: Event
    match fact:
        case facts.HandoverCompleted():
            event = HandoverCompleted(**about, completed_at=fact.at, completed_by=fact.by)
        case facts.HandoverWithdrawn():
            event = HandoverWithdrawn(
                **about, withdrawn_at=fact.at, withdrawn_by=fact.by, reason=fact.reason
            )
        case facts.HandoverReplanned():
            event = HandoverReplanned(
                **about,
                replanned_at=fact.at,
                clock_started_at=fact.clock_started_at,
                reason=fact.reason,
                offers=tuple(_offer_made(offer) for offer in fact.offers),
                tasks=tuple(_task_made(task) for task in (*fact.tasks, *fact.moved)),
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


def _offer_made(offer: Offer) -> OfferMade:
    return OfferMade(offer_id=offer.offer_id, team=offer.team, role=offer.role)


def _task_made(task: Task) -> TaskMade:
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
    )


def _stream(handover_id: UUID) -> str:
    return f"handover:{handover_id}"
