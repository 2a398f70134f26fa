"""What is known of a patient: a fold over what each source said, in whatever order it came."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from services.discharge.domain.statement import Words

Heard = Sequence[Any]
"""A value, the time as of which its source said it, and the time at which it was said (ISO, UTC)."""

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
    said: Mapping[str, Mapping[str, Heard]] = field(default_factory=dict)
    """By source and field."""
    described: Mapping[str, Any] = field(default_factory=dict)
    """What was published last, less its time."""
    version: int = 0
    """How often the patient was described."""


def hear(
    patient: Patient, source: str, words: Words, as_of: datetime, said_at: datetime
) -> Patient:
    """Take in what a source said. Late news about old times never hides newer news (S11)."""
    times = tuple(at.astimezone(UTC).isoformat(timespec="microseconds") for at in (as_of, said_at))
    heard = dict(patient.said.get(source, {}))
    for about, value in words.items():
        heard[about] = _join(about, heard.get(about), (value, *times))
    return replace(patient, said={**patient.said, source: heard})


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
    latest = max(old, new, key=_order)
    if about == "identifiers":
        return _united((old[0], new[0])), *latest[1:]
    if about == "deceased" and old[0] != new[0]:
        # A death taken back is a person's decision, never a message's (P10).
        return True, *latest[1:]
    return latest


def _latest(patient: Patient, about: str) -> Any:
    found = _of(patient, about)
    return max(found, key=_order)[0] if found else None


def _of(patient: Patient, about: str) -> list[Heard]:
    return [heard[about] for heard in patient.said.values() if about in heard]


def _numbers(patient: Patient) -> list[dict[str, str]]:
    return _united(said[0] for said in _of(patient, "identifiers"))


def _united(lists: Iterable[list[dict[str, str]]]) -> list[dict[str, str]]:
    pairs = sorted({(each["system"], each["value"]) for numbers in lists for each in numbers})
    return [{"system": system, "value": value} for system, value in pairs[:_MOST_NUMBERS]]


def _order(heard: Heard) -> tuple[str, str, str]:
    # Two values of the same times: any order will do, as long as it is always the same.
    return heard[1], heard[2], json.dumps(heard[0], sort_keys=True)
