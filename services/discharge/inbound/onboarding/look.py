"""How a profile reads one message: each field with its place and its value, masked unless asked otherwise."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.discharge.domain.codes import (
    CLASSES_V2,
    DISCHARGE_DESTINATIONS,
    DISCHARGE_METHODS,
    VERIFICATIONS,
)
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.hl7.person import NO, SEXES, YES
from services.discharge.inbound.hl7.reader import Message, Unreadable, read_message
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.hl7.stay import SAYS_NO_CLASS
from services.discharge.inbound.onboarding.hints import guesses
from services.discharge.inbound.profiles.fields import FIELDS, MAPPED, FieldName
from services.discharge.inbound.profiles.profile import Place, Profile, Profiles

LISTED: Mapping[FieldName, frozenset[str]] = {
    "class": frozenset(CLASSES_V2) | SAYS_NO_CLASS,
    "sex": frozenset(SEXES),
    "method": DISCHARGE_METHODS,
    "destination": DISCHARGE_DESTINATIONS,
    "verification": VERIFICATIONS | {f"NSTS{code}" for code in VERIFICATIONS},
    "died": YES | NO,
    "protected": YES | NO,
    "stay_protected": YES | NO,
}
"""Codes that are on a public list are shown: they cannot be somebody's name."""
_SET_IDS = frozenset({"PID-1", "PV1-1", "DG1-1", "OBX-1", "ZRA-1", "EVN-1"})
_READ_WHOLE = frozenset({"practice"})
"""Codes that are looked for in several components."""
_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}\Z", re.ASCII)
_OF_OTHERS = frozenset({"NK1", "GT1", "IN1", "IN2"})
"""Segments about other people: a number there is not the patient's."""
_EVENT = re.compile(r"[A-Z]\d\d\Z", re.ASCII)
_UNKNOWN = "unknown-code:"


@dataclass
class Ignored:
    """What a profile does not read of messages."""

    segments: Counter[str] = field(default_factory=Counter)
    """Segments from which nothing is read."""
    fields: Counter[str] = field(default_factory=Counter)
    """Fields of the segments from which something is read."""
    guesses: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(place, what it looks like)."""


class Look:
    """What is seen in one message."""

    def __init__(
        self, body: bytes, arrival: Arrival, profiles: Profiles, *, show_values: bool
    ) -> None:
        self._show = show_values
        self.incoming, self.header = read_hl7(body, arrival, frozenset(), profiles)
        self.profile = profiles.of(self.header.organisation, self.header.application)
        try:
            self._message: Message | None = read_message(body)
        except Unreadable:
            self._message = None

    @property
    def event(self) -> str:
        """MSH-9.2, if it looks like an event."""
        return self.header.event if _EVENT.match(self.header.event) else mask(self.header.event)

    @property
    def happened_at(self) -> str | None:
        """When it happened, in UTC, where values are shown."""
        said = self.incoming.statement
        return said.happened_at.isoformat() if said and self._show else None

    def fields(self) -> list[dict[str, str]]:
        """Everything that the profile finds in it."""
        if self._message is None:
            return []
        sheet = Sheet(self._message, self.profile, [])
        found = []
        for name in FIELDS:
            sent, place = sheet.raw(name)
            if sent:
                found.append(self._field(sheet, name, sent, place))
        return found

    def _field(self, sheet: Sheet, name: FieldName, sent: str, place: Place) -> dict[str, str]:
        listed = LISTED.get(name, frozenset())
        if name not in MAPPED or name in _READ_WHOLE:
            return {"field": name, "place": place.name, "value": self._shown(sent, listed)}
        meant, found = sheet.text(name)
        sent = _as_sent(sheet.message, found) if found.segment else sent
        shown = {
            "field": name,
            "place": found.name or place.name,
            "value": self._shown(sent, listed),
        }
        return shown | ({"read_as": self._shown(meant, listed)} if meant != sent else {})

    def unknown_codes(self) -> Counter[tuple[str, str]]:
        """(place, value) of each code that is on no list."""
        found: Counter[tuple[str, str]] = Counter()
        for flag in self.incoming.flags:
            place = flag.removeprefix(_UNKNOWN)
            if self._message is None or place == flag:
                continue
            segment, _, number = place.partition("-")
            fields = self._message.first(segment) or []
            value = self._message.value(fields, int(number))
            found[place, self._shown(value, frozenset())] += 1
        return found

    def ignored(self) -> Ignored:
        """What holds something and is named nowhere."""
        ignored, named = Ignored(), _named(self.profile)
        for segment in self._message.segments[1:] if self._message else []:
            if not _SEGMENT.match(segment[0]):
                ignored.segments["(not a segment)"] += 1
                continue
            is_read = segment[0] in self.profile.segments
            if not is_read:
                ignored.segments[segment[0]] += 1
            for number, value in enumerate(segment[1:], 1):
                place = f"{segment[0]}-{number}"
                if not value or place in named:
                    continue
                if is_read:
                    ignored.fields[place] += 1
                if self._message and segment[0] not in _OF_OTHERS:
                    ignored.guesses += guesses(self._message, segment, number)
        return ignored

    def _shown(self, value: str, listed: frozenset[str]) -> str:
        return value if self._show or value.upper() in listed else mask(value)


def mask(value: str) -> str:
    """The shape of a value without the value: letters, figures, everything between them."""
    value = re.sub(r"\d", "9", value)
    return "".join(
        each if each.isascii() and not each.isalpha() else ("X" if each.isupper() else "x")
        for each in value
    )


def summary(look: Look) -> dict[str, Any]:
    """What a person is told of the message as a whole."""
    said, answer = look.incoming.statement, look.incoming.answer
    return {
        "event": look.event,
        "sender": f"{look.header.organisation}/{look.header.application}",
        "profile": look.profile.id,
        "answer": {
            "code": answer.code,
            "error": answer.error,
            "place": answer.place,
            "text": answer.text,
        },
        "happening": said.happening if said else None,
        "happened_at": look.happened_at,
        "fields": look.fields(),
        "flags": list(look.incoming.flags),
    }


def _named(profile: Profile) -> frozenset[str]:
    return _SET_IDS | {place.name for places in profile.places.values() for place in places}


def _as_sent(message: Message, place: Place) -> str:
    return message.value(message.first(place.segment) or [], place.field, place.component or 1)
