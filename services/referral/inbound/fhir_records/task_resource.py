"""A task as a FHIR Task (C9)."""

from services.referral.domain.directory import Directory
from services.referral.domain.handover import FINAL
from services.referral.inbound.fhir_records.vocabulary import (
    HANDOVER,
    RULE,
    SPELL,
    TASK_CODE,
    TASK_STATE,
    Resource,
    concept,
    instant,
    meta,
    patient,
    reference,
    team,
)
from services.referral.usecases.record_views import TaskRecord

_STATES = {
    "waiting-for-acceptance": "Offered, and nobody has accepted it yet",
    "escalated": "Late, and its silence was told",
    "claimed": "A person in the team has taken it",
}


def task_resource(task: TaskRecord, directory: Directory, *, identified: bool) -> Resource:
    """The Task. Late is not a status: it follows from `restriction.period.end`."""
    resource: Resource = {
        "resourceType": "Task",
        "id": str(task.task_id),
        "meta": meta(task.version, task.updated_at, task.about),
        "groupIdentifier": {"system": HANDOVER, "value": str(task.handover_id)},
        "status": task.status,
        "intent": "order",
        "priority": task.priority,
        "code": concept(TASK_CODE, task.code, task.title),
        "description": task.title,
        "focus": _focus(task),
        "for": patient(task.about, identified=identified),
        "authoredOn": instant(task.authored_at),
        "lastModified": instant(task.updated_at),
        "requester": team(task.requester_team, directory),
        "owner": team(task.owner_team, directory),
        "reasonCode": _reason(task),
        "restriction": {"period": _period(task)},
    }
    if task.follows:
        resource["partOf"] = [reference("Task", task.follows)]
    if task.status_reason:
        resource["statusReason"] = {"text": task.status_reason}
    if task.closed_at:
        resource["executionPeriod"] = {"end": instant(task.closed_at)}
    if state := _state(task):
        resource["businessStatus"] = concept(TASK_STATE, state, _STATES[state])
    return resource


def _focus(task: TaskRecord) -> Resource:
    if task.service_request:
        return reference("ServiceRequest", task.service_request)
    return {"type": "Encounter", "identifier": {"system": SPELL, "value": str(task.spell_id)}}


def _reason(task: TaskRecord) -> Resource:
    reason = concept(RULE, task.rule_id)
    reason["coding"][0]["version"] = task.rule_version
    return reason


def _period(task: TaskRecord) -> Resource:
    start = {"start": instant(task.not_before)} if task.not_before else {}
    return {**start, "end": instant(task.due_at)}


def _state(task: TaskRecord) -> str:
    if task.status in FINAL:
        return ""
    if task.status == "requested":
        return "waiting-for-acceptance"
    if task.escalated_at:
        return "escalated"
    return "claimed" if task.owner_person else ""
