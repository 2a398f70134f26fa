"""Whether what an alert tells of is still so when it is about to leave, or was said by another since."""

from datetime import datetime

from services.notify.domain.alert import OF_TASKS, Alert, Audience, Kind
from services.notify.domain.plan import Answer, Plan

_APPOINTMENTS = {
    Kind.BOOKED: "booked",
    Kind.APPOINTMENT_MOVED: "moved",
    Kind.CANCELLED: "cancelled",
    Kind.MISSED: "missed",
}
_ENDS = {Kind.RETURNED: "rejected", Kind.CALLED_OFF: "cancelled"}
_DONE, _ANSWERED, _SAID = "done-since", "answered-since", "said-since"


def why_overtaken(alert: Alert, plan: Plan, last_told: datetime | None) -> str:
    """The coded reason not to say it any more; empty when it still is so.

    `last_told` is when the last message to the patient about this handover was written: each names the contact.
    """
    told = alert.telling
    if told.kind in OF_TASKS:
        task = plan.task(told.about) if told.about else None
        return _DONE if task is not None and not task.is_open else ""
    if told.kind in {Kind.OFFERED, Kind.UNANSWERED}:
        return "" if _waits(plan, alert) else _ANSWERED
    if told.audience is Audience.PATIENT:
        return "" if _still_so(plan, alert, last_told) else _SAID
    return ""


def _waits(plan: Plan, alert: Alert) -> bool:
    return any(
        task.answer is Answer.WAITING and task.is_open
        for task in plan.of_offer(alert.telling.about)
    )


def _still_so(plan: Plan, alert: Alert, last_told: datetime | None) -> bool:
    told, state = alert.telling, plan.referral.state if plan.referral else ""
    if told.kind in _APPOINTMENTS:
        now = plan.appointment(told.about)
        return (
            now is not None
            and now.status == _APPOINTMENTS[told.kind]
            and now.starts_at == told.due_at
        )
    if told.kind in _ENDS:
        return state == _ENDS[told.kind]
    if told.kind is Kind.REFERRED:
        return state not in _ENDS.values()
    if told.kind is Kind.REDIRECTED:
        return any(task.answer is not Answer.DECLINED for task in plan.of_offer(told.about))
    if told.kind is Kind.CONTACT:
        return plan.contact is not None and (last_told is None or last_told < alert.made_at)
    return True
