"""What a Task that another system sends back asks to change: its status, the reason, a note, and nothing else."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.chassis.errors import Refusal
from services.referral.inbound.bodies import LONGEST_TEXT
from services.referral.inbound.fhir_records.vocabulary import Resource
from services.referral.usecases.update_task import Update

MOVES = ("in-progress", "completed", "failed")
"""Statuses that an update may ask for."""
_CHANGEABLE = frozenset({"status", "statusReason", "note"})
_DERIVED = frozenset({"meta", "text", "lastModified", "executionPeriod", "businessStatus"})
"""What follows from the rest, and is not looked at."""

_Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)


class _Reason(_Part):
    text: _Text = ""


class _Note(_Part):
    text: _Text


class SentTask(_Part):
    """The parts of a Task that may change; the rest must be as it was read."""

    resourceType: str  # noqa: N815
    id: str
    status: str
    statusReason: _Reason = _Reason()  # noqa: N815
    note: tuple[_Note, ...] = ()


def read_update(body: bytes, current: Resource) -> Update:
    """What is to change. Raises `Refusal` for what is no Task, or changes what is not the sender's to change."""
    try:
        sent = SentTask.model_validate_json(body)
        whole: dict[str, Any] = _Whole.model_validate_json(body).model_dump()
    except ValidationError as error:
        places = {".".join(str(step) for step in one["loc"][:2]) for one in error.errors()}
        where = ", ".join(sorted(place for place in places if place in SentTask.model_fields))
        raise Refusal(
            "task.not_a_task",
            "invalid",
            f"The body is no usable Task{f': look at {where}' if where else ''}.",
        ) from None
    if sent.resourceType != "Task" or sent.id != current["id"]:
        raise Refusal(
            "task.other_resource", "invalid", "The body must be the Task that the address names."
        )
    fixed = whole.keys() - _CHANGEABLE - _DERIVED
    if any(whole[name] != current.get(name) for name in fixed):
        raise Refusal(
            "task.fixed_part",
            "refused",
            "Only status, statusReason and note of a Task can be changed here.",
        )
    return _what_changes(sent, current)


class _Whole(BaseModel):
    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)


def _what_changes(sent: SentTask, current: Resource) -> Update:
    note = "\n".join(one.text.strip() for one in sent.note).strip()
    if len(note) > LONGEST_TEXT:
        raise Refusal(
            "task.note_too_long", "invalid", f"A note has at most {LONGEST_TEXT} characters."
        )
    if sent.status == current["status"]:
        return Update(note=note)
    if sent.status not in MOVES:
        raise Refusal(
            "task.move_not_here",
            "refused",
            "A status can become in-progress, completed or failed here; offers are answered at /offers.",
        )
    return Update(sent.status, sent.statusReason.text.strip(), note)
