"""The moments and names inside an HL7 v2 message, found so that they can be replaced."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.console.messages.message import Hl7Message

HOSPITAL = ZoneInfo("Europe/London")
"""A time without an offset is the sender's local time."""

_STAMP = re.compile(r"(\d{14}|\d{12})([+-]\d{4})?\Z")
_MOMENTS = {
    "MSH": (7,),
    "EVN": (2, 3, 6),
    "PV1": (44, 45),
    "PV2": (8, 9),
    "DG1": (5,),
    "OBX": (14,),
}
"""Fields that say when something happened; a date of birth is not among them, nor a date without a time."""
_DISCHARGED = ("PV1", 45)
_VISIT = ("PV1", 19)


def visit(message: Hl7Message) -> str:
    """The hospital's number of the stay; empty when there is none."""
    return next((value for name, number, value in _fields(message) if (name, number) == _VISIT), "")


def discharged_at(message: Hl7Message) -> datetime | None:
    """When the patient left, if the message says so to the minute."""
    return next(
        (
            _read(value)
            for name, number, value in _fields(message)
            if (name, number) == _DISCHARGED and _read(value)
        ),
        None,
    )


def latest_moment(message: Hl7Message) -> datetime | None:
    """The last thing that the message says happened."""
    found = [
        _read(value) for name, number, value in _fields(message) if number in _MOMENTS.get(name, ())
    ]
    return max((at for at in found if at), default=None)


def renew(
    message: Hl7Message, shift: timedelta, control_id: str, stay: Callable[[str], str]
) -> Hl7Message:
    """The same message, said anew: every moment moved by `shift`, with another control id and visit number."""

    def change(name: str, number: int, value: str) -> str:
        if (name, number) == ("MSH", 10):
            return control_id
        if (name, number) == _VISIT:
            number_only, *rest = value.split("^", 1)
            return "^".join([stay(number_only), *rest]) if value else value
        at = _read(value) if number in _MOMENTS.get(name, ()) else None
        return _write(at + shift, like=value) if at else value

    return replace(
        message, segments=tuple(_changed(segment, change) for segment in message.segments)
    )


def _changed(segment: str, change: Callable[[str, int, str], str]) -> str:
    fields = segment.split("|")
    first = _first_number(segment)
    return "|".join(
        [fields[0], *(change(fields[0], n, value) for n, value in enumerate(fields[1:], first))]
    )


def _fields(message: Hl7Message) -> Iterator[tuple[str, int, str]]:
    for segment in message.segments:
        fields = segment.split("|")
        for number, value in enumerate(fields[1:], _first_number(segment)):
            yield fields[0], number, value


def _first_number(segment: str) -> int:
    """The separator itself is MSH-1."""
    return 2 if segment.startswith("MSH") else 1


def _read(value: str) -> datetime | None:
    found = _STAMP.match(value)
    if not found:
        return None
    digits, offset = found.groups()
    at = datetime.strptime(digits.ljust(14, "0") + (offset or "+0000"), "%Y%m%d%H%M%S%z")
    # In UTC, because adding hours to a local time would step over the change of the clocks.
    return (at if offset else at.replace(tzinfo=HOSPITAL)).astimezone(UTC)


def _write(at: datetime, like: str) -> str:
    found = _STAMP.match(like)
    assert found is not None
    digits, offset = found.groups()
    local = at.astimezone(HOSPITAL)
    return local.strftime("%Y%m%d%H%M%S")[: len(digits)] + (local.strftime("%z") if offset else "")
