"""Bytes of HL7 v2 into a message at the door: always, whatever the bytes are."""

from dataclasses import replace
from hashlib import sha256
from time import perf_counter

from services.chassis.ids import new_id
from services.discharge.domain.message import ACCEPTED, Answer, Incoming, Sender
from services.discharge.domain.statement import Statement
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.clean import clean
from services.discharge.inbound.hl7.acks import NO_HEADER
from services.discharge.inbound.hl7.adt import read_adt
from services.discharge.inbound.hl7.header import LONGEST_CONTROL_ID, Header, read_header, refuse
from services.discharge.inbound.hl7.reader import Unreadable, read_message
from services.discharge.inbound.profiles.load import usual_profiles
from services.discharge.inbound.profiles.profile import Profiles

_LONGEST_EVENT = 10


def read_hl7(
    body: bytes,
    arrival: Arrival,
    allowed_senders: frozenset[str],
    profiles: Profiles | None = None,
) -> tuple[Incoming, Header]:
    """Read a message as its sender's profile says; without any as the standard does.

    What cannot be read is kept with the reason as its answer.
    """
    started = perf_counter()
    known = profiles or usual_profiles()
    header, statement, answer, flags = _read(body, arrival, allowed_senders, known)
    incoming = Incoming(
        message_id=new_id(),
        received_at=arrival.received_at,
        sender=Sender(
            "hl7v2",
            header.organisation,
            header.application,
            clean(header.control_id[:LONGEST_CONTROL_ID]),
        ),
        arrived_by=arrival.door,
        handed_in_by=arrival.handed_in_by,
        event=header.event[:_LONGEST_EVENT],
        body=body,
        digest=sha256(body).digest(),
        answer=answer,
        statement=statement,
        flags=flags,
        read_seconds=perf_counter() - started,
    )
    return incoming, header


def read_head(head: bytes) -> Header:
    """The header of a message of which only the beginning is there."""
    try:
        return read_header(read_message(head.split(b"\r", 1)[0]))
    except Unreadable:
        return NO_HEADER


def _read(
    body: bytes, arrival: Arrival, allowed_senders: frozenset[str], profiles: Profiles
) -> tuple[Header, Statement | None, Answer, tuple[str, ...]]:
    header = NO_HEADER
    try:
        message = read_message(body)
        header = read_header(message)
        profile = profiles.of(header.organisation, header.application)
        if profile.original_mode:
            header = replace(header, accept="", application_answer="")
        refusal = refuse(header, message, allowed_senders)
        if refusal:
            return header, None, refusal, message.flags
        statement = read_adt(message, header, profile, arrival.received_at)
    except Unreadable as fault:
        if header is NO_HEADER:
            return read_head(body), None, Answer("AR", fault.error, fault.place, fault.why), ()
        return header, None, Answer("AE", fault.error, fault.place, fault.why), ()
    return header, statement, ACCEPTED, statement.flags
