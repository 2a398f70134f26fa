"""What is known of a person: a fold over what each source said, in whatever order it came.

A record stands for one identifier. Records of the same person are linked, never poured into each other, so that a
link can be undone and each gets back what was its own (P14).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Literal

from services.discharge.domain.statement import Words

Heard = Sequence[Any]
"""A value, the time as of which its source said it, and the time at which it was said (ISO, UTC)."""
AllSaid = Mapping[str, Mapping[str, Heard]]
"""What was heard, by source and field."""

_LATEST = (
    "nhs_number_verification",
    "name",
    "birth_date",
    "sex",
    "address",
    "contact_points",
    "practice",
    "pharmacy",
    "language",
    "deceased_at",
    "death_status",
)
NATIONAL = "pds"
"""The source whose words come from the national record."""
_KEPT_NATIONALLY = frozenset({"practice", "pharmacy"})
_VERIFICATION, _VERIFIED = "nhs_number_verification", "01"
_MOST_NUMBERS = 20


@dataclass(frozen=True, slots=True)
class Link:
    """What was said last about whose record this is."""

    to: str | None
    """The record that stands for the person now; None: this one does."""
    why: Literal["identified", "merged", "parted"]
    """`identified`: the NHS number of a local number became known."""
    at: str
    """Since when (ISO, UTC), and when it was said."""
    said_at: str


@dataclass(frozen=True, slots=True)
class Patient:
    """One record of a person, as far as the hospitals told us."""

    patient_key: str
    nhs_number: str | None = None
    test_patient: bool = False
    said: AllSaid = field(default_factory=dict)
    described: Mapping[str, Any] = field(default_factory=dict)
    """What was published last, less its time."""
    version: int = 0
    """How often the patient was described."""
    link: Link | None = None
    held_since: str = ""
    """The latest merge or parting that touched the record; until somebody verifies, nothing goes to the patient."""
    confirmed_at: str = ""
    """When a person last confirmed who this is."""
    confirmed_by: str = ""
    """Reference of that person, never a patient's."""
    absorbed: tuple[str, ...] = ()
    """Records that are linked to this one."""

    @property
    def replaced_by(self) -> str | None:
        """The record that stands for the person now, one step on."""
        return self.link.to if self.link else None


def hear(said: AllSaid, source: str, words: Words, as_of: datetime, said_at: datetime) -> AllSaid:
    """Take in what a source said. Late news about old times never hides newer news (S11)."""
    times = tuple(at.astimezone(UTC).isoformat(timespec="microseconds") for at in (as_of, said_at))
    return _joined(said, {source: {about: (value, *times) for about, value in words.items()}})


def linked(record: Patient, link: Link) -> Patient:
    """The record after something was said about whose it is: the latest word holds."""
    old = record.link
    if old and (old.at, old.said_at, old.to or "") > (link.at, link.said_at, link.to or ""):
        return record
    return replace(record, link=link)


def held(record: Patient, since: str) -> Patient:
    """The record when two were merged or parted: who is who has to be verified again (P14)."""
    return replace(record, held_since=max(record.held_since, since))


def describe(record: Patient, absorbed: Sequence[Patient] = ()) -> Mapping[str, Any]:
    """Everything known, as the fields of `patient.described`; what is not known is absent.

    `absorbed` are the records of the same person: of a local number that was identified since it counts as if
    said of this record; of one that was merged the stricter word holds (P14).
    """
    own = record.said
    for other in absorbed:
        if other.link and other.link.why == "identified":
            own = _joined(own, other.said)
    parts = [own, *(each.said for each in absorbed if not _identified(each))]
    said = _by_field(parts)
    national = _by_field({NATIONAL: part[NATIONAL]} for part in parts if NATIONAL in part)
    known: dict[str, Any] = {}
    for about in _LATEST:
        words = _that_count(about, said, national)
        if words and (latest := reduce(_later, words)[0]) is not None:
            known[about] = latest
    if "needs" in said:
        known["needs"] = _needs(parts)
    known["identifiers"] = _united(word[0] for word in said.get("identifiers", ()))
    known["nhs_number"] = record.nhs_number
    known["deceased"] = any(word[0] for word in said.get("deceased", ()))
    known["restricted"] = any(word[0] for word in said.get("restricted", ()))
    known["test_patient"] = record.test_patient or any(each.test_patient for each in absorbed)
    if _is_held((record, *absorbed), said.get(_VERIFICATION, ())):
        known["identity_held"] = True
    if record.replaced_by:
        known["replaced_by"] = record.replaced_by
    return known


def described_at(records: Sequence[Patient], otherwise: datetime) -> datetime:
    """As of when this is known: the time of the newest word, or of the newest link."""
    times = [said[1] for each in records for heard in each.said.values() for said in heard.values()]
    times += [each.link.at for each in records if each.link]
    return datetime.fromisoformat(max(times)) if times else otherwise


def _identified(record: Patient) -> bool:
    return record.link is not None and record.link.why == "identified"


def _by_field(parts: Iterable[AllSaid]) -> dict[str, list[Heard]]:
    said: dict[str, list[Heard]] = {}
    for part in parts:
        for heard in part.values():
            for about, word in heard.items():
                said.setdefault(about, []).append(word)
    return said


def _that_count(
    about: str, said: Mapping[str, list[Heard]], national: Mapping[str, list[Heard]]
) -> list[Heard]:
    """What is weighed by time: of what is kept nationally, no hospital's copy, however new (H02).

    And a number that the national record does not stand by stays unverified, whatever a hospital repeats (H08).
    """
    own = national.get(about)
    if own and about in _KEPT_NATIONALLY:
        return own
    if own and about == _VERIFICATION and reduce(_later, own)[0] != _VERIFIED:
        return own
    return said.get(about, [])


def _needs(parts: Sequence[AllSaid]) -> list[str]:
    """The latest of each record, together: a need too many does no harm (P14)."""
    latest = [
        reduce(_later, words)[0] or []
        for part in parts
        if (words := [heard["needs"] for heard in part.values() if "needs" in heard])
    ]
    return list(dict.fromkeys(need for needs in latest for need in needs))


def _is_held(records: Sequence[Patient], verifications: Iterable[Heard]) -> bool:
    since = max(each.held_since for each in records)
    if not since or max(each.confirmed_at for each in records) >= since:
        return False
    return not any(word[0] == _VERIFIED and word[1] > since for word in verifications)


def _joined(one: AllSaid, other: AllSaid) -> AllSaid:
    joined = {source: dict(heard) for source, heard in one.items()}
    for source, heard in other.items():
        mine = joined.setdefault(source, {})
        for about, said in heard.items():
            mine[about] = _join(about, mine.get(about), said)
    return joined


def _join(about: str, old: Heard | None, new: Heard) -> Heard:
    if old is None:
        return new
    latest = _later(old, new)
    if about == "identifiers":
        return _united((old[0], new[0])), *latest[1:]
    if about == "deceased" and old[0] != new[0]:
        # A death taken back is a person's decision, never a message's (P10).
        return True, *latest[1:]
    return latest


def _united(lists: Iterable[list[dict[str, str]]]) -> list[dict[str, str]]:
    pairs = sorted({(each["system"], each["value"]) for numbers in lists for each in numbers})
    return [{"system": system, "value": value} for system, value in pairs[:_MOST_NUMBERS]]


def _later(one: Heard, other: Heard) -> Heard:
    if one[1:] != other[1:]:
        return one if tuple(one[1:]) > tuple(other[1:]) else other
    # Two values of the same times: any order will do, as long as it is always the same.
    return max(one, other, key=lambda heard: json.dumps(heard[0], sort_keys=True))
