"""Bytes of an ITK3 message into a message at the door: always, whatever the bytes are."""

from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter

from services.chassis.ids import new_id
from services.discharge.domain.message import ACCEPTED, Answer, Incoming, Sender
from services.discharge.domain.reply import Reply
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.clean import clean
from services.discharge.inbound.itk3 import codes
from services.discharge.inbound.itk3.bundle import Faulty, Message, inner_bundle, outer_bundle
from services.discharge.inbound.itk3.document import Content, read_content
from services.discharge.inbound.itk3.handling import Handling, addressing, read_handling
from services.discharge.inbound.itk3.reply import RESPONSE, read_reply
from services.discharge.inbound.itk3.xml import NotXml, TooLarge, read_xml

_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """What was told of a message: who to answer to, and what is wrong with it."""

    handling: Handling | None = None
    """None where no header could be found."""
    event: str = ""
    content: Content | None = None
    reply: Reply | None = None
    """What it answers, where it brings no document."""
    fault: Faulty | None = None


def read_itk3(
    body: bytes, arrival: Arrival, allowed_senders: frozenset[str] = frozenset()
) -> tuple[Incoming, Reading]:
    """Read a message. What cannot be read is kept with the reason as its answer."""
    started = perf_counter()
    reading = read(body, arrival, allowed_senders)
    handling, content, fault = reading.handling, reading.content, reading.fault
    answer = ACCEPTED
    if fault is not None:
        refused = fault.code in (codes.UNREADABLE, codes.TOO_LARGE, codes.SENDER_NOT_AUTHORISED)
        answer = Answer("AR" if refused else "AE", fault.code, fault.place, fault.text)
    incoming = Incoming(
        message_id=new_id(),
        received_at=arrival.received_at,
        sender=Sender(
            "itk3",
            handling.sender if handling else "",
            handling.endpoint[:_LONGEST_NAME] if handling else "",
            handling.message_id if handling else "",
        ),
        arrived_by=arrival.door,
        handed_in_by=arrival.handed_in_by,
        event=reading.event,
        body=body,
        digest=sha256(body).digest(),
        answer=answer,
        statement=content.statement if content else None,
        flags=content.statement.flags if content else (),
        read_seconds=perf_counter() - started,
        document=content.document if content else None,
        reply=reading.reply,
    )
    return incoming, reading


def read(body: bytes, arrival: Arrival, allowed_senders: frozenset[str] = frozenset()) -> Reading:
    """What the bytes say, or what is wrong with them."""
    handling: Handling | None = None
    event = ""
    try:
        outer, header = outer_bundle(read_xml(body))
        event = clean(header.said("event", "code"))
        handling = addressing(outer, header)
        handling = read_handling(handling, header)
        _let_speak(handling, allowed_senders)
        if event == RESPONSE:
            reply = read_reply(outer, header, handling, arrival.received_at)
            return Reading(handling, event, reply=reply)
        message = Message(outer, header, *inner_bundle(outer, header))
        content = read_content(message, handling, arrival.received_at)
    except TooLarge as error:
        return Reading(fault=Faulty(codes.TOO_LARGE, "", str(error)))
    except NotXml as error:
        return Reading(fault=Faulty(codes.UNREADABLE, "", str(error)))
    except Faulty as fault:
        return Reading(handling, event, fault=fault)
    return Reading(handling, event, content)


def _let_speak(handling: Handling, allowed_senders: frozenset[str]) -> None:
    if allowed_senders and handling.sender not in allowed_senders:
        text = "This sender may not speak here"
        raise Faulty(codes.SENDER_NOT_AUTHORISED, "MessageHeader.sender", text)
