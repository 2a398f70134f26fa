"""The body of a message as a page shows it: HL7 v2 field by field, anything else as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import orjson

from services.discharge.domain.message import Dialect
from services.discharge.inbound.field_names import name_of, segment_name
from services.discharge.inbound.hl7.reader import Unreadable, read_message
from services.discharge.inbound.mending import LONGEST_TEXT, as_text

MOST_ROWS = 400
_LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of one segment, as it was read."""

    place: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment with the fields that hold something."""

    code: str
    name: str
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True)
class BodyView:
    """What a page shows of a body."""

    segments: tuple[Segment, ...]
    text: str
    cut: bool
    """There is more than a page shows; mending it needs the interface."""


def body_view(dialect: Dialect, body: bytes) -> BodyView:
    """Never fails: what cannot be read is shown as text."""
    text, _ = as_text(dialect, body)
    if dialect == "fhir":
        text = _laid_out(text)
    segments = read_segments(body) if dialect == "hl7v2" else ()
    return BodyView(segments, text[:LONGEST_TEXT], len(text) > LONGEST_TEXT)


def read_segments(body: bytes) -> tuple[Segment, ...]:
    """The fields that hold something, without their escapes; nothing when it is no HL7 v2 message."""
    try:
        message = read_message(body)
    except Unreadable:
        return ()
    found, left = [], MOST_ROWS
    for segment in message.segments:
        held = [(n, value) for n, value in enumerate(segment) if n and value][: max(left, 0)]
        left -= len(held)
        rows = tuple(
            FieldRow(place, name_of(place), message.undo(value)[:_LONGEST_VALUE])
            for place, value in ((f"{segment[0]}-{number}", value) for number, value in held)
        )
        found.append(Segment(segment[0], segment_name(segment[0]), rows))
    return tuple(found)


def differences(one: bytes, other: bytes) -> list[dict[str, Any]]:
    """Two HL7 v2 messages side by side, field by field, each with whether they differ."""
    mine, theirs = _by_place(read_segments(one)), _by_place(read_segments(other))
    places = list(dict.fromkeys([*mine, *theirs]))
    return [
        {
            "place": place,
            "name": name_of(place.split(" ", 1)[0]),
            "one": mine.get(place, ""),
            "other": theirs.get(place, ""),
            "differs": mine.get(place, "") != theirs.get(place, ""),
        }
        for place in places
    ]


def different_lines(one: str, other: str) -> list[dict[str, Any]]:
    """Two texts side by side, line by line, each with whether they differ."""
    pairs = zip_longest(one.splitlines(), other.splitlines(), fillvalue="")
    return [
        {"place": str(number), "name": "", "one": mine, "other": theirs, "differs": mine != theirs}
        for number, (mine, theirs) in enumerate(pairs, 1)
    ][:MOST_ROWS]


def _by_place(segments: Sequence[Segment]) -> dict[str, str]:
    """Fields by their place; the second segment of a name is `NK1-2 (2)`."""
    seen: dict[str, int] = {}
    found: dict[str, str] = {}
    for segment in segments:
        seen[segment.code] = seen.get(segment.code, 0) + 1
        again = f" ({seen[segment.code]})" if seen[segment.code] > 1 else ""
        found |= {f"{row.place}{again}": row.value for row in segment.fields}
    return found


def _laid_out(text: str) -> str:
    try:
        return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return text
