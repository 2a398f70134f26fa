"""Acknowledgements: one answer a message, in its own version's form and its own separators (C3)."""

import re
from datetime import datetime
from uuid import UUID

from services.discharge.domain.message import Answer
from services.discharge.inbound.hl7.header import LONGEST_CONTROL_ID, Header
from services.discharge.inbound.hl7.reader import USUAL_SEPARATORS
from services.discharge.inbound.hl7.times import write_time

TABLE_0357 = {
    100: "Segment sequence error",
    101: "Required field missing",
    102: "Data type error",
    103: "Table value not found",
    104: "Value too long",
    200: "Unsupported message type",
    201: "Unsupported event code",
    202: "Unsupported processing id",
    203: "Unsupported version id",
    205: "Duplicate key identifier",
    207: "Application internal error",
}

_PLAIN = re.compile(r"[A-Z0-9.]{1,8}\Z", re.ASCII)

NO_HEADER = Header(USUAL_SEPARATORS, "utf-8", ("", "", "", ""), "", "", "", "", "", "P", "2.4", "")
"""What is answered to when no header could be read."""


def acknowledge(header: Header, answer: Answer, message_id: UUID, at: datetime) -> bytes:
    """The ACK for a message.

    `message_id` of the stored message gives the answer its own control id, so a resend is answered alike.
    """
    text = "\r".join([_msh(header, message_id, at), _msa(header, answer), *_err(header, answer)])
    return (text + "\r").encode(header.codec, "replace")


def _msh(header: Header, message_id: UUID, at: datetime) -> str:
    field = header.separators.field
    application, facility, to_application, to_facility = header.addresses
    fields = [
        "MSH",
        "".join(header.separators[1:]),
        to_application,
        to_facility,
        application,
        facility,
        write_time(at),
        "",
        _kind(header),
        message_id.hex[12:],
        _plain(header.processing) or NO_HEADER.processing,
        _plain(header.version) or NO_HEADER.version,
        *(["", "", "", "", "", header.charset] if header.charset else []),
    ]
    return field.join(fields)


def _kind(header: Header) -> str:
    """MSH-9 had one part in 2.2, two in 2.3 and has three since 2.3.1."""
    between, event = header.separators.component, _plain(header.event)
    if header.version == "2.2" or not event:
        return "ACK"
    if header.version == "2.3":
        return f"ACK{between}{event}"
    return f"ACK{between}{event}{between}ACK"


def _msa(header: Header, answer: Answer) -> str:
    field = header.separators.field
    parts = ["MSA", answer.code, header.control_id[:LONGEST_CONTROL_ID]]
    if answer.error:
        parts += [_text(header, answer), "", "", _error(header, answer)]
    return field.join(parts)


def _err(header: Header, answer: Answer) -> list[str]:
    if not answer.error:
        return []
    field, between = header.separators.field, header.separators.component
    segment, _, number = answer.place.partition("-")
    location = [segment, "1", *([number] if number else [])] if segment else []
    if header.version in {"2.5", "2.5.1"}:
        where = between.join(location)
        return [
            field.join(
                ["ERR", "", where, _error(header, answer), "E", "", "", "", _text(header, answer)]
            )
        ]
    where = between.join([*location, *[""] * (3 - len(location))])
    # In ERR-1 the code is one component: its own parts are subcomponents.
    code = _error(header, answer).replace(between, header.separators.subcomponent)
    return [field.join(["ERR", f"{where}{between}{code}"])]


def _error(header: Header, answer: Answer) -> str:
    return header.separators.component.join(
        [str(answer.error), TABLE_0357[answer.error], "HL70357"]
    )


def _text(header: Header, answer: Answer) -> str:
    """The sentence, with a gap where one of its characters is a separator here."""
    return "".join(" " if each in header.separators else each for each in answer.text)


def _plain(value: str) -> str:
    """What may go back as it came; empty when it is not of the usual form."""
    return value if _PLAIN.match(value) else ""
