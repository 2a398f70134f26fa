"""The header of a message: who speaks, what it is, and whether we take it (C2, C3)."""

from dataclasses import dataclass

from services.discharge.domain.message import Answer
from services.discharge.domain.statement import Realm
from services.discharge.inbound.clean import without_controls
from services.discharge.inbound.hl7.events import EVENTS
from services.discharge.inbound.hl7.reader import Message, Separators

VERSIONS = frozenset({"2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1"})
LONGEST_CONTROL_ID = 199
_LONGEST_NAME = 100
_LONGEST_ECHO = 400
_REQUIRED = {
    number: Answer("AE", 101, f"MSH-{number}", f"MSH-{number} is required")
    for number in (9, 10, 11, 12)
}
_LONG_ID = Answer("AE", 104, "MSH-10", f"MSH-10 is longer than {LONGEST_CONTROL_ID} characters")
_STRANGER = Answer("AR", 103, "MSH-4", "MSH-4 is not a sender that may speak here")
_VERSION = Answer("AR", 203, "MSH-12", "MSH-12 is not a version from 2.2 to 2.5.1")
_PROCESSING = Answer("AR", 202, "MSH-11", "MSH-11 is not P, T or D")
_TYPE = Answer("AR", 200, "MSH-9", "MSH-9 is not an ADT message")
_SECOND = Answer("AE", 100, "MSH", "One message a frame")
_EVENT = Answer("AR", 201, "MSH-9", "MSH-9 is not an event that is taken here")


@dataclass(frozen=True, slots=True)
class Header:
    """MSH, as far as it is needed."""

    separators: Separators
    codec: str
    addresses: tuple[str, str, str, str]
    """MSH-3 to MSH-6, still escaped."""
    application: str
    organisation: str
    kind: str
    """MSH-9.1, for example `ADT`."""
    event: str
    """MSH-9.2, for example `A03`."""
    control_id: str
    """MSH-10, still escaped: it goes back as it came."""
    processing: str
    version: str
    charset: str
    accept: str = ""
    """MSH-15: when a commit answer is wanted. This and the next empty: original mode."""
    application_answer: str = ""
    """MSH-16: when an application answer is wanted."""

    @property
    def realm(self) -> Realm:
        """Only P is about real people."""
        return "production" if self.processing == "P" else "test"


def read_header(message: Message) -> Header:
    """Read MSH. Whatever is missing is empty."""
    line = message.segments[0]
    # What goes back goes back as it came, but for what would break the frame of an answer.
    raw = [without_controls(field[:_LONGEST_ECHO]) for field in line[:19]]
    raw += [""] * (19 - len(raw))
    kind, event = message.value(line, 9, 1), message.value(line, 9, 2)
    return Header(
        separators=message.separators,
        codec=message.codec,
        addresses=(raw[3], raw[4], raw[5], raw[6]),
        application=message.value(line, 3)[:_LONGEST_NAME],
        organisation=message.value(line, 4)[:_LONGEST_NAME].upper(),
        kind=kind.upper(),
        event=event.upper(),
        control_id=raw[10].strip(),
        processing=message.value(line, 11).upper(),
        version=message.value(line, 12),
        charset=raw[18],
        accept=raw[15].strip().upper(),
        application_answer=raw[16].strip().upper(),
    )


def refuse(header: Header, message: Message, allowed_senders: frozenset[str]) -> Answer | None:
    """Why a message is not taken, by its header alone; None when it is."""
    line = message.segments[0]
    for number, missing in _REQUIRED.items():
        if not message.value(line, number):
            return missing
    checks = (
        # The second would be lost behind the answer to the first.
        (len(message.all("MSH")) > 1, _SECOND),
        (len(header.control_id) > LONGEST_CONTROL_ID, _LONG_ID),
        (bool(allowed_senders) and header.organisation not in allowed_senders, _STRANGER),
        (header.version not in VERSIONS, _VERSION),
        (header.processing not in {"P", "T", "D"}, _PROCESSING),
        (header.kind != "ADT", _TYPE),
        (header.event not in EVENTS, _EVENT),
    )
    return next((answer for wrong, answer in checks if wrong), None)
