"""One stay in hospital: everything that was said of it, kept so that the order of arrival leaves no trace.

What was said is a set that only grows, and joining two of them is the same in any order (promise 5). What it amounts to
is worked out by `timeline`, what is new in it by `news`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.discharge.domain.codes import is_death
from services.discharge.domain.statement import Happening, Realm, Statement, Stay

Entry = Sequence[Any]
"""One happening: when it happened, its kind, its source, its details, when it was first and when it was last said.

Times are UTC in ISO form with microseconds, so that they sort as text.
"""
Word = Sequence[Any]
"""A value, the time as of which its source said it, and the time at which it was said."""

_OF_THE_STAY = ("encounter_class", "admitted_at", "specialty", "diagnoses", "indicators")
_OF_THE_DISCHARGE = ("discharged_at", "method", "destination")
_MOST_ENTRIES = 500
"""A stay with more happenings than this is a sender in a loop; the earliest and the latest are kept."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything said of a stay."""

    happenings: tuple[Entry, ...] = ()
    details: Mapping[str, Mapping[str, Word]] = field(default_factory=dict)
    """The latest word of each source about each detail."""


@dataclass(frozen=True, slots=True)
class Spell:
    """One stay. `realm`, `trust`, `correlation` and the patient tell it from others."""

    spell_id: UUID
    realm: Realm
    trust: str
    correlation: str
    """`visit:<number>`, or the admission or discharge time where no number is sent."""
    home_key: str
    """The record of a person that the messages of the stay name; merging records does not change it."""
    patient_key: str
    """The person under whom it counts, merges considered."""
    known_by_nhs_number: bool
    """Whether `home_key` stands for an NHS number; else for a local one."""
    birth_date: str | None
    provider: str
    former_keys: tuple[str, ...] = ()
    """Records under which the stay was filed by mistake (A45)."""
    also: tuple[str, ...] = ()
    """Other correlations that it goes by: numbers that were changed (A50)."""
    test_patient: bool = False
    heard: Heard = Heard()
    told: Mapping[str, Any] = field(default_factory=dict)
    """What was published last; see `news`."""
    said: int = 0
    """How many events the spell has said: the last sequence number of its stream."""


def correlation_of(statement: Statement, stay: Stay) -> str:
    """What the messages of one stay have in common, whatever they are written in."""
    if stay.visit_number:
        return by_visit(stay.visit_number)
    if stay.admitted_at:
        return f"admitted:{stay.admitted_at.isoformat()}"
    return f"{statement.happening}:{statement.happened_at.isoformat()}"


def by_visit(number: str) -> str:
    """The correlation of a numbered stay."""
    return f"visit:{number}"


def hear(spell: Spell, statement: Statement, stay: Stay, *, snapshot: bool) -> Spell:
    """Add what a message says.

    `snapshot`: the message shows the stay as it was when it was sent (FHIR), so saying that it goes on is a
    statement about that moment too (C6).
    """
    if any(flag.startswith("class-missing") for flag in statement.flags):
        # What the reader assumed is no word of the sender's.
        stay = replace(stay, encounter_class="")
    said = Heard(_entries(statement, stay, snapshot), _details(statement, stay))
    return replace(
        spell,
        birth_date=spell.birth_date or statement.person.birth_date,
        test_patient=spell.test_patient or statement.test_patient,
        heard=join(spell.heard, said),
    )


def join(one: Heard, other: Heard) -> Heard:
    """Everything that either says."""
    details = {source: dict(words) for source, words in one.details.items()}
    for source, words in other.details.items():
        mine = details.setdefault(source, {})
        for name, word in words.items():
            mine[name] = latest(mine[name], word) if name in mine else word
    return Heard(_united((*one.happenings, *other.happenings)), details)


def latest(one: Word, other: Word) -> Word:
    """The later word; two of the same times are told apart by their value, always the same way."""
    if tuple(one[1:]) != tuple(other[1:]):
        return one if tuple(one[1:]) > tuple(other[1:]) else other
    return max(one, other, key=lambda word: json.dumps(word[0], sort_keys=True))


def as_text(at: datetime) -> str:
    """An instant as it is kept."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def as_instant(text: str) -> datetime:
    """An instant from how it is kept; UTC."""
    return datetime.fromisoformat(text)


def _entries(statement: Statement, stay: Stay, snapshot: bool) -> tuple[Entry, ...]:
    at, said = as_text(statement.happened_at), as_text(statement.said_at)

    def entry(kind: Happening, when: str, details: Mapping[str, Any]) -> Entry:
        return (when, kind, statement.source, details, said, said)

    found = [entry(statement.happening, at, _particulars(statement, stay))]
    if snapshot and statement.happening in {"admitted", "registered", "moved", "on-leave"}:
        found.append(entry("in-progress", said, {}))
    return tuple(found)


def _particulars(statement: Statement, stay: Stay) -> dict[str, Any]:
    """What belongs to this one happening, not to the stay as a whole."""
    found: dict[str, Any] = {}
    if stay.ward:
        found["ward"] = stay.ward
    if statement.happening in {"discharged", "updated"}:
        found |= _said_of(stay, _OF_THE_DISCHARGE)
    if statement.happening == "discharged":
        found |= _said_of(stay, ("encounter_class",))
        found["deceased"] = statement.deceased or is_death(stay.method, stay.destination)
    if statement.happening in {"admitted", "discharged"} and statement.flags:
        found["flags"] = sorted(statement.flags)
    if stay.expected_discharge_at and statement.happening == "discharge-planned":
        found["expected_discharge_at"] = as_text(stay.expected_discharge_at)
    return found


def _details(statement: Statement, stay: Stay) -> dict[str, dict[str, Word]]:
    times = (as_text(statement.happened_at), as_text(statement.said_at))
    words = _said_of(stay, _OF_THE_STAY)
    return {statement.source: {name: (value, *times) for name, value in words.items()}}


def _said_of(stay: Stay, names: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        value = getattr(stay, name)
        if isinstance(value, datetime):
            found[name] = as_text(value)
        elif isinstance(value, tuple) and value:
            found[name] = [list(each) for each in value]
        elif value:
            found[name] = value
    return found


def _united(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Each happening once, however often it was said; of updates that say the same, the latest."""
    if len(entries) == 1:
        return tuple(entries)
    kept: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        at, kind, source, details, first, last = entry
        said = json.dumps(details, sort_keys=True)
        key = (kind, source, said) if kind == "updated" else (kind, source, said, at)
        old = kept.get(key)
        if old is not None:
            at, first, last = max(at, old[0]), min(first, old[4]), max(last, old[5])
        kept[key] = (at, kind, source, details, first, last)
    united = sorted(
        kept.values(), key=lambda entry: (*entry[:3], json.dumps(entry[3], sort_keys=True))
    )
    if len(united) > _MOST_ENTRIES:
        united = [*united[: _MOST_ENTRIES // 2], *united[-_MOST_ENTRIES // 2 :]]
    return tuple(united)
