"""Acknowledgements: in the version's form, the sender's separators and the mode that the message asks for (C3)."""

import re
from datetime import datetime
from uuid import UUID

from services.discharge.domain.message import INTERNAL_ERROR, Answer
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
    204: "Unknown key identifier",
    205: "Duplicate key identifier",
    206: "Application record locked",
    207: "Application internal error",
}

_PLAIN = re.compile(r"[A-Z0-9.]{1,8}\Z", re.ASCII)

NO_HEADER = Header(USUAL_SEPARATORS, "utf-8", ("", "", "", ""), "", "", "", "", "", "P", "2.4", "")
"""What is answered to when no header could be read."""


ALWAYS, NEVER, ON_ERROR, ON_SUCCESS = "AL", "NE", "ER", "SU"
_COMMIT_CODES = {"AA": "CA", "AE": "CE", "AR": "CR"}
"""Enhanced mode: committed to safe storage, error, reject."""


def answers(header: Header, answer: Answer, message_id: UUID, at: datetime) -> tuple[bytes, ...]:
    """What goes back over MLLP.

    In the original mode one application answer. In the enhanced mode a commit answer, an application answer, both
    or none, as MSH-15 and MSH-16 ask; an error is told once. That a message was not stored is always told, for
    nobody else has it.
    """
    asked, success = (header.accept, header.application_answer), answer.code == "AA"
    if not any(asked):
        return (acknowledge(header, answer, message_id, at),)
    commit, application = (_is_wanted(each, success=success) for each in asked)
    if answer.error == INTERNAL_ERROR and not application:
        commit = True
    said = []
    if commit:
        said.append(
            _write(header, _COMMIT_CODES[answer.code], answer, f"C{message_id.hex[13:]}", at)
        )
    if application and (success or not commit):
        said.append(acknowledge(header, answer, message_id, at))
    return tuple(said)


def acknowledge(header: Header, answer: Answer, message_id: UUID, at: datetime) -> bytes:
    """The application's answer to a message.

    `message_id` of the stored message gives the answer its own control id, so a resend is answered alike.
    """
    return _write(header, answer.code, answer, message_id.hex[12:], at)


def _is_wanted(asked: str, *, success: bool) -> bool:
    """By HL7 table 0155; a condition that nobody knows is answered, and an empty one beside another is not."""
    return {NEVER: False, "": False, ON_ERROR: not success, ON_SUCCESS: success}.get(asked, True)


def _write(header: Header, code: str, answer: Answer, control_id: str, at: datetime) -> bytes:
    segments = [_msh(header, control_id, at), _msa(header, code, answer), *_err(header, answer)]
    return ("\r".join(segments) + "\r").encode(header.codec, "replace")


def _msh(header: Header, control_id: str, at: datetime) -> str:
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
        control_id,
        _plain(header.processing) or NO_HEADER.processing,
        _plain(header.version) or NO_HEADER.version,
        *_rest(header),
    ]
    return field.join(fields)


def _rest(header: Header) -> list[str]:
    """MSH-13 to MSH-18: in the enhanced mode an answer says that it wants none itself."""
    never = NEVER if header.accept or header.application_answer else ""
    rest = ["", "", never, never, "", header.charset]
    while rest and not rest[-1]:
        rest.pop()
    return rest


def _kind(header: Header) -> str:
    """MSH-9 had one part in 2.2, two in 2.3 and has three since 2.3.1."""
    between, event = header.separators.component, _plain(header.event)
    if header.version == "2.2" or not event:
        return "ACK"
    if header.version == "2.3":
        return f"ACK{between}{event}"
    return f"ACK{between}{event}{between}ACK"


def _msa(header: Header, code: str, answer: Answer) -> str:
    field = header.separators.field
    parts = ["MSA", code, header.control_id[:LONGEST_CONTROL_ID]]
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
