"""What is known of a patient: a fold over what each source said, in whatever order it came."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from typing import Any

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
    "needs",
    "deceased_at",
)
_MOST_NUMBERS = 20


@dataclass(frozen=True, slots=True)
class Patient:
    """One person, as far as the hospitals told us."""

    patient_key: str
    nhs_number: str | None = None
    test_patient: bool = False
    said: AllSaid = field(default_factory=dict)
    described: Mapping[str, Any] = field(default_factory=dict)
    """What was published last, less its time."""
    version: int = 0
    """How often the patient was described."""


def hear(said: AllSaid, source: str, words: Words, as_of: datetime, said_at: datetime) -> AllSaid:
    """Take in what a source said. Late news about old times never hides newer news (S11)."""
    times = tuple(at.astimezone(UTC).isoformat(timespec="microseconds") for at in (as_of, said_at))
    heard = dict(said.get(source, {}))
    for about, value in words.items():
        heard[about] = _join(about, heard.get(about), (value, *times))
    return {**said, source: heard}


def describe(patient: Patient) -> Mapping[str, Any]:
    """Everything known, as the fields of `patient.described`; what is not known is absent."""
    known: dict[str, Any] = {}
    for about in _LATEST:
        latest = _latest(patient, about)
        if latest is not None:
            known[about] = latest
    known["identifiers"] = _numbers(patient)
    known["nhs_number"] = patient.nhs_number
    known["deceased"] = any(said[0] for said in _of(patient, "deceased"))
    known["restricted"] = any(said[0] for said in _of(patient, "restricted"))
    known["test_patient"] = patient.test_patient
    return known


def described_at(patient: Patient) -> datetime:
    """As of when this is known: the time of the newest word."""
    return datetime.fromisoformat(
        max(said[1] for heard in patient.said.values() for said in heard.values())
    )


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


def _latest(patient: Patient, about: str) -> Any:
    found = _of(patient, about)
    return reduce(_later, found)[0] if found else None


def _of(patient: Patient, about: str) -> list[Heard]:
    return [heard[about] for heard in patient.said.values() if about in heard]


def _numbers(patient: Patient) -> list[dict[str, str]]:
    return _united(said[0] for said in _of(patient, "identifiers"))


def _united(lists: Iterable[list[dict[str, str]]]) -> list[dict[str, str]]:
    pairs = sorted({(each["system"], each["value"]) for numbers in lists for each in numbers})
    return [{"system": system, "value": value} for system, value in pairs[:_MOST_NUMBERS]]


def _later(one: Heard, other: Heard) -> Heard:
    if one[1:] != other[1:]:
        return one if tuple(one[1:]) > tuple(other[1:]) else other
    # Two values of the same times: any order will do, as long as it is always the same.
    return max(one, other, key=lambda heard: json.dumps(heard[0], sort_keys=True))
