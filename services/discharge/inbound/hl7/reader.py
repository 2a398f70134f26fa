"""A lean reader of ER7, the pipe form of HL7 v2: it splits, and unescapes only what is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from services.discharge.inbound.hl7.charset import decode
from services.discharge.inbound.hl7.escapes import escapes


class Separators(NamedTuple):
    """The characters that a message declares in MSH-1 and MSH-2."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str


USUAL_SEPARATORS = Separators("|", "^", "~", "\\", "&")
NULL = '""'
"""What a field holds when its value is to be deleted (C2)."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_AROUND = b"\r\n\t \x00\x0b\x1c"

MOST_SEGMENTS = 1_000
MOST_FIELDS = 50_000
MOST_REPETITIONS = 2_000
MOST_COMPONENTS = 10_000
MOST_ESCAPES = 20_000

Fields = list[str]
"""One segment: its name at 0, field n at n."""


class Unreadable(Exception):
    """The bytes are not a message that can be read. The text says why and repeats nothing of them."""

    def __init__(self, error: int, place: str, why: str) -> None:
        super().__init__(why)
        self.error = error
        self.place = place
        self.why = why


@dataclass(frozen=True, slots=True)
class Message:
    """A message in segments. Fields are asked for one by one."""

    separators: Separators
    codec: str
    segments: list[Fields]
    flags: tuple[str, ...]
    undo: Callable[[str], str]
    """A value as meant: without escapes, and without space around it."""
    heads: dict[str, Fields]
    """The first segment of each name."""
    named: dict[str, list[Fields]]
    """Every segment of each name, in order."""

    def first(self, name: str) -> Fields | None:
        """The first segment of that name."""
        return self.heads.get(name)

    def all(self, name: str) -> list[Fields]:
        """Every segment of that name, in order."""
        return self.named.get(name, [])

    def repetitions(self, segment: Fields, number: int) -> list[list[str]]:
        """Components of each repetition of a field, still escaped; empty when the field is."""
        return self.split(segment[number]) if number < len(segment) else []

    def split(self, raw: str) -> list[list[str]]:
        """Components of each repetition, still escaped; empty when the field is."""
        between = self.separators.component
        return [each.split(between) for each in raw.split(self.separators.repetition) if each]

    def value(self, segment: Fields, number: int, component: int = 1) -> str:
        """One component of the first repetition of a field, as meant; empty when it is not there."""
        raw = segment[number] if number < len(segment) else ""
        if not raw:
            return ""
        _, between, again, _, _ = self.separators
        if again in raw:
            raw = raw.split(again, 1)[0]
        if component == 1:
            return self.undo(raw.split(between, 1)[0])
        return self.component(raw.split(between), component)

    def component(self, components: list[str], number: int) -> str:
        """One component, as meant, without space around it."""
        if number > len(components):
            return ""
        return self.undo(components[number - 1])

    def first_part(self, components: list[str], number: int) -> str:
        """The first subcomponent of a component, as meant."""
        if number > len(components):
            return ""
        return self.undo(components[number - 1].split(self.separators.subcomponent, 1)[0])


def read_message(body: bytes) -> Message:
    """Split a message into segments. Raises `Unreadable`; costs are bounded by counting before splitting."""
    body = body.removeprefix(_BYTE_ORDER_MARK).strip(_AROUND)
    if not body.startswith(b"MSH"):
        raise Unreadable(100, "MSH", "A message begins with MSH")
    head = body[:2048].decode("iso8859-1")
    separators = _separators(head[: len("MSH|^~\\&|")])
    text, codec, flags = decode(body, _declared(head, separators))
    _check_size(text, separators)
    between = separators.field
    if "\n" in text:
        text = text.replace("\n", "\r")
    segments = [line.split(between) for line in text.split("\r") if line]
    # MSH-1 is the separator itself: with it in place, field n of every segment is at n.
    segments[0].insert(1, between)
    undo = str.strip if _is_plain(text, separators) else escapes(separators, codec).undo
    named: dict[str, list[Fields]] = {}
    for segment in segments:
        named.setdefault(segment[0], []).append(segment)
    heads = {name: same[0] for name, same in named.items()}
    return Message(separators, codec, segments, flags, undo, heads, named)


def _is_plain(text: str, separators: Separators) -> bool:
    """Whether nothing in the message needs undoing: one escape character is the one in MSH-2."""
    return text.count(separators.escape) <= 1 and text.replace("\r", "").isprintable()


@lru_cache(maxsize=64)
def _separators(head: str) -> Separators:
    """MSH-1 and MSH-2; a short MSH-2 is filled up with the usual characters."""
    field = head[3:4]
    if not field or field.isalnum() or field.isspace() or not field.isprintable():
        raise Unreadable(100, "MSH-1", "MSH-1 is not a separator")
    encoding = head[4:].split(field, 1)[0][:4]
    if not encoding:
        raise Unreadable(101, "MSH-2", "MSH-2 is missing")
    separators = Separators(field, *encoding, *USUAL_SEPARATORS[1 + len(encoding) :])
    usable = all(
        not each.isalnum() and not each.isspace() and each.isprintable() for each in encoding
    )
    if not usable or len(set(separators)) != len(separators):
        raise Unreadable(102, "MSH-2", "MSH-2 does not name different separators")
    return separators


def _declared(head: str, separators: Separators) -> str:
    line = head.split("\r", 1)[0].split("\n", 1)[0].split(separators.field)
    return line[17].split(separators.repetition)[0] if len(line) > 17 else ""


def _check_size(text: str, by: Separators) -> None:
    counts = (
        (text.count("\r") + text.count("\n"), MOST_SEGMENTS, "segments"),
        (text.count(by.field), MOST_FIELDS, "fields"),
        (text.count(by.repetition), MOST_REPETITIONS, "repetitions"),
        (text.count(by.component) + text.count(by.subcomponent), MOST_COMPONENTS, "components"),
        (text.count(by.escape), MOST_ESCAPES, "escapes"),
    )
    for count, most, what in counts:
        if count > most:
            raise Unreadable(104, "", f"More than {most} {what}")
