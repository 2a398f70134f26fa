"""A discharge as the rules see it: codes and times, no identity."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_DIED = frozenset({"4", "5"})
"""Discharge methods: died, stillbirth."""
_NO_DESTINATION = "79"
"""Discharge destination: not applicable, died or stillbirth."""


@dataclass(frozen=True, slots=True)
class Discharge:
    """One patient left hospital."""

    spell_id: UUID
    patient_key: str
    provider: str
    """ODS code of the hospital."""
    encounter_class: str
    discharged_at: datetime
    method: str = ""
    destination: str = ""
    practice: str | None = None
    pharmacy: str | None = None
    diagnoses: frozenset[str] = frozenset()
    """Codes, normalised by `plain_code`."""
    indicators: Mapping[str, float] | None = None
    said_deceased: bool = False
    test_patient: bool = False
    specialty: str = ""
    """Treatment function code, as sent."""
    age: int | None = None
    """Years at discharge, where the birth date is known."""

    @property
    def deceased(self) -> bool:
        """Whether any of the three places that can say so says that the patient died (S04)."""
        return self.said_deceased or self.method in _DIED or self.destination == _NO_DESTINATION


def plain_code(code: str) -> str:
    """A diagnosis code without the dot that some sources write and others leave out: `J45.9`, `J459`."""
    return code.replace(".", "").strip().upper()
