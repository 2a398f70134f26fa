"""What a command answers: ids, states and owners, and nothing that tells who the patient is."""

from typing import Any

from services.referral.domain import facts, offer_facts, referral_facts, task_facts
from services.referral.usecases.records import Changed


def said(change: Changed) -> dict[str, Any]:
    """The facts of one act, merged into one answer. It is kept for a day, for repeats of the request."""
    answer: dict[str, Any] = {"handover_id": change.whole.handover.handover_id}
    for fact in change.facts:
        answer |= _of_an_offer(fact) or _of_a_task(fact) or _of_the_whole(fact)
    for fact in change.facts:
        answer |= _of_a_referral(fact)
    return answer


def _of_a_referral(fact: facts.Fact) -> dict[str, Any]:
    match fact:
        case referral_facts.ReferralMoved():
            stands = {
                "state": fact.state,
                "team": fact.team,
                "service_request": fact.service_request,
                "clock_stopped_at": fact.clock_stopped_at,
            }
            return {"referral": stands}
        case referral_facts.AppointmentChanged(appointment=one):
            return {
                "appointment_id": one.appointment_id,
                "status": one.status,
                "starts_at": one.starts_at,
            }
    return {}


def _of_an_offer(fact: facts.Fact) -> dict[str, Any]:
    match fact:
        case offer_facts.OfferAccepted():
            return {
                "offer_id": fact.offer_id,
                "state": "accepted",
                "team": fact.team,
                "tasks": fact.tasks,
                "coordinator_team": fact.coordinator_team,
            }
        case offer_facts.OfferDeclined():
            return {
                "offer_id": fact.offer_id,
                "state": "declined",
                "team": fact.team,
                "reason": fact.reason,
                "owner_team": fact.owner_team,
            }
        case offer_facts.OfferRedirected() | offer_facts.TasksOffered():
            owner = fact.team if isinstance(fact, offer_facts.OfferRedirected) else fact.owner_team
            return {
                "offer_id": fact.offer.offer_id,
                "state": "offered",
                "team": fact.offer.team,
                "tasks": fact.tasks,
                "owner_team": owner,
                "accept_by": fact.offer.accept_by,
                "redirect_count": fact.offer.redirect_count,
            }
    return {}


def _of_a_task(fact: facts.Fact) -> dict[str, Any]:
    said: dict[str, Any] = {}
    match fact:
        case task_facts.TaskChanged():
            said = {
                "task_id": fact.task_id,
                "status": fact.status,
                "owner_team": fact.owner_team,
            }
        case task_facts.TaskAdded(task=task) if task.follows is not None:
            said = {"follow_on_task_id": task.task_id}
        case task_facts.TaskAdded(task=task):
            said = {"added_task_id": task.task_id}
        case task_facts.TaskClaimed():
            said = {"task_id": fact.task_id, "person": fact.person, "owner_team": fact.owner_team}
        case task_facts.TaskNoted():
            said = {"task_id": fact.task_id, "noted_at": fact.at}
        case task_facts.TaskSnoozed():
            said = {"task_id": fact.task_id, "snoozed_until": fact.until}
    return said


def _of_the_whole(fact: facts.Fact) -> dict[str, Any]:
    said: dict[str, Any] = {}
    match fact:
        case facts.HandoverCompleted():
            said = {"state": "completed"}
        case facts.HandoverReopened():
            said = {"state": "open"}
        case facts.HandoverWithdrawn():
            said = {"state": "withdrawn", "reason": fact.reason, "tasks": fact.tasks}
        case facts.CoordinatorNamed(coordinator=who):
            said = {"coordinator": {"state": who.state, "team": who.team}}
        case facts.SomethingHappened():
            said = {"happened": fact.code, "happened_at": fact.happened_at}
        case facts.HandoverReplanned():
            said = {"added_tasks": [task.task_id for task in fact.tasks]}
    return said
