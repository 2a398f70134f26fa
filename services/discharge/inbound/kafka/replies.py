"""One record's message taken in, and the answer to it in its own language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

from services.chassis.arrival import Arrival as Record
from services.chassis.ids import new_id
from services.discharge.domain.message import Answer, Code
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.dialects import FHIR, HL7, dialect_of
from services.discharge.inbound.fhir.bundle import Issue
from services.discharge.inbound.fhir.responses import operation_outcome, respond
from services.discharge.inbound.hl7.acks import acknowledge
from services.discharge.inbound.hl7.message import read_head
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.limits import MOST_BYTES, TOO_LARGE

_NOTHING = Answer("AR", 100, "", "The record holds no message")
_HEAD_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Reply:
    """What a record is answered."""

    code: Code
    body: bytes
    content_type: str
    message_id: UUID | None
    """Of the stored message; None when nothing was stored."""


def refuse(record: Record) -> Reply | None:
    """The answer to what is not even read; None when it may be."""
    body = record.body or b""
    if not body or body.isspace():
        return _refusal(b"", _NOTHING)
    if len(body) <= MOST_BYTES:
        return None
    head = body[:_HEAD_BYTES]
    if dialect_of(_content_type(record), head) == "fhir":
        said = operation_outcome([Issue("too-costly", TOO_LARGE.text)])
        return Reply(TOO_LARGE.code, orjson.dumps(said), FHIR, None)
    return _refusal(head, TOO_LARGE)


async def take(record: Record, intake: Intake) -> Reply:
    """Take in a message. Raises what `Intake` raises."""
    body = record.body or b""
    arrival = Arrival(datetime.now(UTC), "kafka")
    if dialect_of(_content_type(record), body) == "fhir":
        incoming, reading, outcome = await intake.fhir(body, arrival)
        _, said = respond(incoming, reading, outcome)
        return Reply(outcome.answer.code, said, FHIR, outcome.message_id)
    header, outcome = await intake.hl7(body, arrival)
    ack = acknowledge(header, outcome.answer, outcome.message_id, outcome.received_at)
    return Reply(outcome.answer.code, ack, HL7, outcome.message_id)


def _refusal(head: bytes, answer: Answer) -> Reply:
    ack = acknowledge(read_head(head), answer, new_id(), datetime.now(UTC))
    return Reply(answer.code, ack, HL7, None)


def _content_type(record: Record) -> str:
    for name, value in record.headers:
        if name.lower() == "content-type" and value:
            return value.decode("ascii", "replace")
    return ""
