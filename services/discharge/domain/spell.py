"""One stay in hospital: a fold over what its messages say, and what is new in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.discharge.domain.statement import Realm, Statement, Stay

News = Literal["spell.admitted", "spell.discharged"]
Codings = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spell:
    """One stay. `realm`, `trust`, `correlation` and the patient tell it from others."""

    spell_id: UUID
    realm: Realm
    trust: str
    correlation: str
    """`visit:<number>`, or the admission or discharge time where no number is sent."""
    patient_key: str
    known_by_nhs_number: bool
    """Whether `patient_key` stands for an NHS number; else for a local one."""
    birth_date: str | None
    provider: str
    encounter_class: str
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    method: str = ""
    destination: str = ""
    specialty: str = ""
    practice: str | None = None
    pharmacy: str | None = None
    diagnoses: Codings = ()
    indicators: tuple[tuple[str, float], ...] = ()
    deceased: bool = False
    test_patient: bool = False
    admission_said: bool = False
    discharge_said: bool = False
    said: int = 0
    """How many events the spell has said: the last sequence number of its stream."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a spell: its new state, what is to be said, and what does not fit."""

    spell: Spell
    news: tuple[News, ...]
    flags: tuple[str, ...] = ()


def correlation_of(statement: Statement) -> str:
    """What the messages of one stay have in common, whatever they are written in."""
    stay = statement.stay
    if stay.visit_number:
        return f"visit:{stay.visit_number}"
    if stay.admitted_at:
        return f"admitted:{stay.admitted_at.isoformat()}"
    return f"{statement.happening}:{statement.happened_at.isoformat()}"


def decide(spell: Spell, statement: Statement, patient: Mapping[str, Any]) -> Decision:
    """Take in one statement. What was said once is not said again (promise 2).

    `patient` is what is known of them, this statement included: it names practice and pharmacy.
    """
    changes = _missing(spell, statement)
    news: tuple[News, ...] = ()
    if statement.happening == "admitted" and not spell.admission_said:
        news = ("spell.admitted",)
        changes |= {"admission_said": True, "said": spell.said + 1}
    elif statement.happening == "discharged" and not spell.discharge_said:
        news = ("spell.discharged",)
        changes |= {
            "discharge_said": True,
            "said": spell.said + 1,
            "encounter_class": statement.stay.encounter_class,
            "practice": patient.get("practice"),
            "pharmacy": patient.get("pharmacy"),
        }
    return Decision(replace(spell, **changes), news, _conflicts(spell, statement.stay))


def _missing(spell: Spell, statement: Statement) -> dict[str, Any]:
    """What is known and was missing: the first word on a fact stands (S03)."""
    stay = statement.stay
    return {
        "birth_date": spell.birth_date or statement.person.birth_date,
        "admitted_at": spell.admitted_at or stay.admitted_at,
        "discharged_at": spell.discharged_at or stay.discharged_at,
        "method": spell.method or stay.method,
        "destination": spell.destination or stay.destination,
        "specialty": spell.specialty or stay.specialty,
        "diagnoses": spell.diagnoses or stay.diagnoses,
        "indicators": spell.indicators or stay.indicators,
        "deceased": spell.deceased or statement.deceased,
        "test_patient": spell.test_patient or statement.test_patient,
    }


def _conflicts(spell: Spell, stay: Stay) -> tuple[str, ...]:
    pairs = (
        ("admitted-at", spell.admitted_at, stay.admitted_at),
        ("discharged-at", spell.discharged_at, stay.discharged_at),
        ("discharge-method", spell.method, stay.method),
        ("discharge-destination", spell.destination, stay.destination),
    )
    return tuple(f"conflict:{what}" for what, old, new in pairs if old and new and old != new)
