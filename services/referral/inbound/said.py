"""What a command answers: ids, states and owners, and nothing that tells who the patient is."""

from typing import Any

from services.referral.domain.facts import (
    HandoverCompleted,
    HandoverWithdrawn,
    OfferAccepted,
    OfferDeclined,
    TaskAdded,
    TaskChanged,
    TaskNoted,
)
from services.referral.usecases.records import Changed


def said(change: Changed) -> dict[str, Any]:
    """The facts of one act, merged into one answer. It is kept for a day, for repeats of the request."""
    answer: dict[str, Any] = {"handover_id": change.whole.handover.handover_id}
    for fact in change.facts:
        match fact:
            case OfferAccepted():
                answer |= {
                    "offer_id": fact.offer_id,
                    "state": "accepted",
                    "team": fact.team,
                    "tasks": fact.tasks,
                    "coordinator_team": fact.coordinator_team,
                }
            case OfferDeclined():
                answer |= {
                    "offer_id": fact.offer_id,
                    "state": "declined",
                    "team": fact.team,
                    "reason": fact.reason,
                    "owner_team": fact.owner_team,
                }
            case TaskChanged():
                answer |= {
                    "task_id": fact.task_id,
                    "status": fact.status,
                    "owner_team": fact.owner_team,
                }
            case TaskAdded():
                answer |= {"follow_on_task_id": fact.task.task_id}
            case TaskNoted():
                answer |= {"task_id": fact.task_id, "noted_at": fact.at}
            case HandoverCompleted():
                answer |= {"state": "completed"}
            case HandoverWithdrawn():
                answer |= {"state": "withdrawn", "reason": fact.reason, "tasks": fact.tasks}
    return answer
