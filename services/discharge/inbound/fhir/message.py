"""Bytes of FHIR into a message at the door: always, whatever the bytes are."""

from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter

from services.chassis.ids import new_id
from services.discharge.domain.message import (
    ACCEPTED,
    DUPLICATE_KEY,
    INTERNAL_ERROR,
    Answer,
    Code,
    Incoming,
    Sender,
)
from services.discharge.domain.statement import Statement
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.bundle import (
    Faulty,
    Issue,
    MessageBundle,
    read_bundle,
    read_json,
)
from services.discharge.inbound.fhir.models import MessageHeader
from services.discharge.inbound.fhir.notification import read_notification, sender_of

_LONGEST_NAME = 100
_ERRORS = {
    "structure": 100,
    "required": 101,
    "value": 102,
    "business-rule": 103,
    "too-costly": 104,
    "not-supported": 201,
    "duplicate": DUPLICATE_KEY,
    "transient": INTERNAL_ERROR,
}
"""FHIR issue types as HL7 table 0357, in which answers are kept."""
_ISSUES = {error: issue for issue, error in _ERRORS.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """What was told of the message beside its meaning: who to answer to, and every fault."""

    header: MessageHeader | None
    control_id: str
    issues: tuple[Issue, ...] = ()


def read_fhir(body: bytes, arrival: Arrival) -> tuple[Incoming, Reading]:
    """Read a message. What cannot be read is kept with the reason as its answer."""
    started = perf_counter()
    sender, reading, statement = _read(body, arrival)
    answer = _answer(reading) if statement is None else ACCEPTED
    header = reading.header
    incoming = Incoming(
        message_id=new_id(),
        received_at=arrival.received_at,
        sender=sender,
        arrived_by=arrival.door,
        handed_in_by=arrival.handed_in_by,
        event=clean(header.event_coding.code) if header else "",
        body=body,
        digest=sha256(body).digest(),
        answer=answer,
        statement=statement,
        flags=statement.flags if statement else (),
        read_seconds=perf_counter() - started,
    )
    return incoming, reading


def kept_issue(answer: Answer) -> Issue:
    """What a message was refused for, out of the answer that was kept with it."""
    return Issue(_ISSUES.get(answer.error, "processing"), answer.text, answer.place)


def _read(body: bytes, arrival: Arrival) -> tuple[Sender, Reading, Statement | None]:
    message: MessageBundle | None = None
    try:
        message = read_bundle(read_json(body))
        statement = read_notification(message, arrival.received_at)
    except Faulty as faulty:
        control_id = _control_id(message, faulty.header)
        reading = Reading(faulty.header, control_id, faulty.issues)
        return _sender(message, faulty.header, control_id), reading, None
    control_id = _control_id(message, message.header)
    sender = _sender(message, message.header, control_id)
    return sender, Reading(message.header, control_id), statement


def _control_id(message: MessageBundle | None, header: MessageHeader | None) -> str:
    """What makes a resend a resend: the header's id, else the Bundle's."""
    return (header.id if header else "") or (message.bundle.id if message else "")


def _sender(message: MessageBundle | None, header: MessageHeader | None, control_id: str) -> Sender:
    endpoint = clean(header.source.endpoint) if header else ""
    organisation = sender_of(message) if message else ""
    return Sender("fhir", organisation, endpoint[:_LONGEST_NAME], control_id)


def _answer(reading: Reading) -> Answer:
    issue = reading.issues[0]
    code: Code = "AE" if reading.header and issue.code != "not-supported" else "AR"
    return Answer(code, _ERRORS[issue.code], issue.expression, issue.diagnostics)
