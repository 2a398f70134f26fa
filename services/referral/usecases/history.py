"""What a handover remembers of what happened to it, line by line."""

from collections.abc import Iterator
from uuid import UUID

from services.referral.domain.facts import (
    CoordinatorNamed,
    Fact,
    HandoverCompleted,
    HandoverPatientChanged,
    HandoverReopened,
    HandoverReplanned,
    HandoverWithdrawn,
    SomethingHappened,
    WholeFact,
)
from services.referral.domain.offer_facts import (
    OfferAccepted,
    OfferDeclined,
    OfferRedirected,
    OfferUnanswered,
    TasksOffered,
)
from services.referral.domain.referral_facts import (
    AppointmentChanged,
    ReferralFact,
    ReferralMoved,
)
from services.referral.domain.task_facts import (
    TaskAdded,
    TaskChanged,
    TaskClaimed,
    TaskEscalated,
    TaskFact,
    TaskNoted,
    TaskSnoozed,
    TaskWarned,
)
from services.referral.usecases.records import HistoryEntry


def entries_of(of: UUID, fact: Fact) -> tuple[HistoryEntry, ...]:
    """The lines that a fact leaves in the history of a handover."""
    entries: tuple[HistoryEntry, ...]
    match fact:
        case OfferAccepted(offer_id=offer, team=team, by=by, at=at):
            accepted = HistoryEntry(of, at, "offer.accepted", offer, team, by)
            taken = HistoryEntry(of, at, "coordination.taken", of, team, by)
            entries = (accepted, taken) if fact.takes_coordination else (accepted,)
        case OfferDeclined(offer_id=offer, team=team, by=by, at=at, reason=reason):
            entries = (HistoryEntry(of, at, "offer.declined", offer, team, by, reason),)
        case TasksOffered(offer=offer, at=at, by=by, reason=reason):
            entries = (HistoryEntry(of, at, "offer.made", offer.offer_id, offer.team, by, reason),)
        case OfferRedirected(offer_id=offer_id, team=team, by=by, at=at, reason=reason):
            entries = (
                HistoryEntry(of, at, "offer.redirected", offer_id, team, by, reason),
                HistoryEntry(of, at, "offer.made", fact.offer.offer_id, fact.offer.team, by),
            )
        case OfferUnanswered(offer_id=offer_id, told_teams=told, at=at):
            entries = tuple(HistoryEntry(of, at, "offer.unanswered", offer_id, to) for to in told)
        case (
            TaskAdded()
            | TaskChanged()
            | TaskClaimed()
            | TaskNoted()
            | TaskSnoozed()
            | TaskWarned()
            | TaskEscalated()
        ):
            entries = _of_a_task(of, fact)
        case ReferralMoved() | AppointmentChanged():
            entries = _of_a_referral(of, fact)
        case _:
            entries = _of_the_whole(of, fact)
    return entries


def _of_a_referral(of: UUID, fact: ReferralFact) -> tuple[HistoryEntry, ...]:
    match fact:
        case ReferralMoved(state=state, team=team, at=at, by=by, reason=reason):
            return (HistoryEntry(of, at, f"referral.{state}", of, team, by, reason),)
        case AppointmentChanged(appointment=one, at=at, by=by):
            when = one.starts_at.isoformat()
            what = f"appointment.{one.status}"
            return (HistoryEntry(of, at, what, one.appointment_id, one.team, by, when),)


def _of_a_task(of: UUID, fact: TaskFact) -> tuple[HistoryEntry, ...]:
    entries: tuple[HistoryEntry, ...]
    match fact:
        case TaskAdded(task=task, at=at):
            entries = (HistoryEntry(of, at, "task.added", task.task_id, task.owner_team),)
        case TaskChanged(task_id=task_id, owner_team=team, by=by, at=at, reason=reason):
            entries = (HistoryEntry(of, at, f"task.{fact.status}", task_id, team, by, reason),)
        case TaskNoted(task_id=task_id, by=by, at=at, text=text):
            entries = (HistoryEntry(of, at, "task.noted", task_id, "", by, text),)
        case TaskEscalated(task_id=task_id, told_teams=told, at=at):
            mark = fact.milestone
            entries = tuple(
                HistoryEntry(of, at, "task.escalated", task_id, team, detail=mark) for team in told
            )
        case TaskSnoozed(task_id=task_id, owner_team=team, at=at, by=by):
            what = "task.snoozed" if fact.until else "task.woken"
            entries = (HistoryEntry(of, at, what, task_id, team, by, fact.reason),)
        case TaskClaimed(task_id=task_id, owner_team=team, person=person, at=at, by=by):
            what = "task.claimed" if person else "task.put_back"
            entries = (HistoryEntry(of, at, what, task_id, team, by, person),)
        case TaskWarned(task_id=task_id, told_teams=told, at=at, milestone=mark):
            entries = tuple(
                HistoryEntry(of, at, "task.warned", task_id, team, detail=mark) for team in told
            )
    return entries


def _of_the_whole(of: UUID, fact: WholeFact) -> tuple[HistoryEntry, ...]:
    entries: tuple[HistoryEntry, ...]
    match fact:
        case HandoverCompleted(at=at, by=by):
            entries = (HistoryEntry(of, at, "handover.completed", of, "", by),)
        case HandoverReopened(at=at, by=by, reason=reason):
            entries = (HistoryEntry(of, at, "handover.reopened", of, "", by, reason),)
        case CoordinatorNamed(coordinator=who, at=at, by=by):
            what = f"coordinator.{who.state or 'not_needed'}"
            entries = (HistoryEntry(of, at, what, of, who.team, by, who.name),)
        case SomethingHappened(code=code, at=at, by=by):
            when = f"{code} {fact.happened_at.isoformat()}"
            entries = (HistoryEntry(of, at, "happened", of, "", by, when),)
        case HandoverReplanned():
            entries = tuple(_replanned(of, fact))
        case HandoverPatientChanged(at=at, reason=reason):
            entries = (HistoryEntry(of, at, "handover.patient_changed", of, detail=reason),)
        case HandoverWithdrawn(at=at, by=by, reason=reason):
            entries = (HistoryEntry(of, at, "handover.withdrawn", of, "", by, reason),)
    return entries


def _replanned(of: UUID, fact: HandoverReplanned) -> Iterator[HistoryEntry]:
    yield HistoryEntry(of, fact.at, "handover.replanned", of, detail=fact.reason)
    for task_id in fact.cancelled:
        yield HistoryEntry(of, fact.at, "task.cancelled", task_id, detail=fact.reason)
    for task in fact.moved:
        when = task.due_at.isoformat()
        yield HistoryEntry(of, fact.at, "task.moved", task.task_id, task.owner_team, detail=when)
    for offer in fact.offers:
        yield HistoryEntry(of, fact.at, "offer.made", offer.offer_id, offer.team)
    for task in fact.tasks:
        yield HistoryEntry(of, fact.at, "task.added", task.task_id, task.owner_team)
    for offer_id in fact.withdrawn:
        yield HistoryEntry(of, fact.at, "offer.withdrawn", offer_id, detail=fact.reason)
    for offer_id in fact.kept:
        yield HistoryEntry(of, fact.at, "offer.kept", offer_id)
