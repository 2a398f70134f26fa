"""What one message says, in the ward's words, whatever it was written in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Happening = Literal[
    "admitted",
    "registered",
    "planned",
    "moved",
    "on-leave",
    "back-from-leave",
    "discharge-planned",
    "discharge-plan-cancelled",
    "discharged",
    "updated",
    "in-progress",
    "admission-cancelled",
    "move-cancelled",
    "discharge-cancelled",
    "voided",
    "described",
    "merged",
    "parted",
    "visit-moved",
    "renumbered",
]
"""What a message is about (C1).

`registered` opens an outpatient or emergency visit and is no admission; `planned` announces one. `updated` says more
of a stay and its patient (A08); `in-progress` is a snapshot of a stay that goes on (FHIR). `voided`: the stay was
never right. `described` is about the person alone (A28, A31). `merged` and `parted` are about two records of persons,
`visit-moved` and `renumbered` about a stay that was filed wrongly: these name the other one in `formerly`.
"""

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
class Formerly:
    """The other record in a merge, a parting, a moved visit or a changed number (MRG)."""

    nhs_number: str | None = None
    local_numbers: tuple[tuple[str, str], ...] = ()
    visit_number: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """What a message says of one stay in hospital. What is empty or None was not said."""

    provider: str
    """ODS code of the hospital."""
    visit_number: str
    """The hospital provider spell; the same in HL7 v2 and FHIR. Empty when not sent."""
    encounter_class: str
    admitted_at: datetime | None = None
    """UTC; None when the source gave no time."""
    discharged_at: datetime | None = None
    """UTC. Of an update: what it says about a discharge that stands."""
    expected_discharge_at: datetime | None = None
    ward: str = ""
    """Where the patient is, or was last."""
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
    stay: Stay | None
    """None where the message is about the person alone."""
    deceased: bool
    test_patient: bool
    flags: tuple[str, ...]
    """Data-quality findings."""
    formerly: Formerly | None = None
