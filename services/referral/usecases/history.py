"""What a handover remembers of what happened to it, line by line."""

from collections.abc import Iterator
from uuid import UUID

from services.referral.domain.facts import (
    Fact,
    HandoverCompleted,
    HandoverPatientChanged,
    HandoverReplanned,
    HandoverWithdrawn,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskEscalated,
    TaskNoted,
    WholeFact,
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
        case TaskAdded(task=task, at=at):
            entries = (HistoryEntry(of, at, "task.added", task.task_id, task.owner_team),)
        case TaskChanged(task_id=task_id, owner_team=team, by=by, at=at, reason=reason):
            entries = (HistoryEntry(of, at, f"task.{fact.status}", task_id, team, by, reason),)
        case TaskNoted(task_id=task_id, by=by, at=at, text=text):
            entries = (HistoryEntry(of, at, "task.noted", task_id, "", by, text),)
        case TaskEscalated(task_id=task_id, told_teams=told, at=at):
            entries = tuple(HistoryEntry(of, at, "task.escalated", task_id, team) for team in told)
        case _:
            entries = _of_the_whole(of, fact)
    return entries


def _of_the_whole(of: UUID, fact: WholeFact) -> tuple[HistoryEntry, ...]:
    entries: tuple[HistoryEntry, ...]
    match fact:
        case HandoverCompleted(at=at, by=by):
            entries = (HistoryEntry(of, at, "handover.completed", of, "", by),)
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
