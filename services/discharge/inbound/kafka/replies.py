"""One record's message taken in, and the answer to it in its own language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

from services.chassis.arrival import Arrival as Record
from services.chassis.ids import new_id
from services.discharge.domain.message import INTERNAL_ERROR, Answer, Code, Outcome
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.dialects import FHIR, HL7, ITK3, dialect_of
from services.discharge.inbound.fhir.bundle import Issue
from services.discharge.inbound.fhir.responses import operation_outcome
from services.discharge.inbound.fhir.responses import respond as respond_fhir
from services.discharge.inbound.hl7.acks import acknowledge
from services.discharge.inbound.hl7.message import read_head
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.itk3 import codes
from services.discharge.inbound.itk3.message import Reading as Document
from services.discharge.inbound.itk3.responses import respond as respond_itk3
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
    match dialect_of(_content_type(record), head):
        case "fhir":
            said = operation_outcome([Issue("too-costly", TOO_LARGE.text)])
            return Reply(TOO_LARGE.code, orjson.dumps(said), FHIR, None)
        case "itk3":
            answer = Answer("AR", codes.TOO_LARGE, "", TOO_LARGE.text)
            _, response = respond_itk3(None, Outcome(new_id(), datetime.now(UTC), answer))
            return Reply(TOO_LARGE.code, response, ITK3, None)
        case _:
            return _refusal(head, TOO_LARGE)


async def take(record: Record, intake: Intake) -> Reply:
    """Take in a message. Raises what `Intake` raises."""
    body = record.body or b""
    arrival = Arrival(datetime.now(UTC), "kafka")
    match dialect_of(_content_type(record), body):
        case "fhir":
            incoming, reading, outcome = await intake.fhir(body, arrival)
            _, said = respond_fhir(incoming, reading, outcome)
            return _reply(outcome, said, FHIR)
        case "itk3":
            document, outcome = await intake.itk3(body, arrival)
            return _reply(outcome, _response_itk3(document, outcome), ITK3)
        case _:
            header, outcome = await intake.hl7(body, arrival)
            ack = acknowledge(header, outcome.answer, outcome.message_id, outcome.received_at)
            return _reply(outcome, ack, HL7)


def _reply(outcome: Outcome, body: bytes, content_type: str) -> Reply:
    return Reply(outcome.answer.code, body, content_type, outcome.message_id)


def _response_itk3(document: Document, outcome: Outcome) -> bytes:
    """ITK3 has no word for a fault of ours: then only the headers of the record say it."""
    if outcome.answer.error == INTERNAL_ERROR:
        return b""
    _, response = respond_itk3(document.handling, outcome)
    return response


def _refusal(head: bytes, answer: Answer) -> Reply:
    ack = acknowledge(read_head(head), answer, new_id(), datetime.now(UTC))
    return Reply(answer.code, ack, HL7, None)


def _content_type(record: Record) -> str:
    for name, value in record.headers:
        if name.lower() == "content-type" and value:
            return value.decode("ascii", "replace")
    return ""
