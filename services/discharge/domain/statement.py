"""What one message says, in the ward's words, whatever it was written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Happening = Literal["admitted", "discharged"]
Realm = Literal["production", "test"]
"""Messages marked as test or debugging live apart: they never touch a real person's record (H17)."""

Words = Mapping[str, Any]
"""What is said of a patient: a field of `patient.described` to its JSON value.

A field that is absent means "no change"; None means "the value is gone" (C2).
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message is about."""

    nhs_number: str | None
    """Ten digits that pass their check; None when the message gave none."""
    local_numbers: tuple[tuple[str, str], ...]
    """(assigning authority, value), in the order sent."""
    birth_date: str | None
    """ISO date, when known in full."""
    words: Words


@dataclass(frozen=True, slots=True)
class Stay:
    """What a message says of one stay in hospital."""

    provider: str
    """ODS code of the hospital."""
    visit_number: str
    """The hospital provider spell; the same in HL7 v2 and FHIR. Empty when not sent."""
    encounter_class: str
    admitted_at: datetime | None = None
    """UTC; None when the source gave no time."""
    discharged_at: datetime | None = None
    method: str = ""
    destination: str = ""
    specialty: str = ""
    diagnoses: tuple[tuple[str, str], ...] = ()
    """(code system, code)."""
    indicators: tuple[tuple[str, float], ...] = ()
    """(SNOMED CT code, score)."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A message that can be acted on."""

    happening: Happening
    happened_at: datetime
    """UTC; what the message says holds as of this time, and messages are ordered by it."""
    said_at: datetime
    """UTC; when it was sent. Decides between messages about the same time."""
    realm: Realm
    source: str
    """The system that speaks, for telling one source's words from another's."""
    person: Person
    stay: Stay
    deceased: bool
    test_patient: bool
    flags: tuple[str, ...]
    """Data-quality findings."""
