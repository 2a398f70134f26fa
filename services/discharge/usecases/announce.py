"""What discharge says to the world: the only place where its events are made."""

from datetime import datetime

from schemas.patient import PatientDescribed
from schemas.spell import Coding, Indicator, SpellAdmitted, SpellDischarged
from services.discharge.domain.patient import Patient, described_at
from services.discharge.domain.spell import Spell


def patient_described(patient: Patient) -> PatientDescribed:
    """Everything known of a patient."""
    return PatientDescribed(
        patient_key=patient.patient_key, described_at=described_at(patient), **patient.described
    )


def spell_admitted(spell: Spell, flags: tuple[str, ...]) -> SpellAdmitted:
    """A patient was admitted."""
    return SpellAdmitted(
        patient_key=spell.patient_key,
        spell_id=spell.spell_id,
        provider=spell.provider,
        encounter_class=spell.encounter_class,
        admitted_at=spell.admitted_at,
        specialty=spell.specialty,
        flags=flags,
    )


def spell_discharged(spell: Spell, flags: tuple[str, ...]) -> SpellDischarged:
    """A patient left hospital."""
    return SpellDischarged(
        patient_key=spell.patient_key,
        spell_id=spell.spell_id,
        provider=spell.provider,
        encounter_class=spell.encounter_class,
        admitted_at=spell.admitted_at,
        discharged_at=_left_at(spell),
        discharge_method=spell.method,
        discharge_destination=spell.destination,
        specialty=spell.specialty,
        practice=spell.practice,
        pharmacy=spell.pharmacy,
        diagnoses=tuple(Coding(system=system, code=code) for system, code in spell.diagnoses),
        indicators=tuple(Indicator(code=code, value=value) for code, value in spell.indicators),
        deceased=spell.deceased,
        test_patient=spell.test_patient,
        flags=flags,
    )


def _left_at(spell: Spell) -> datetime:
    if spell.discharged_at is None:
        raise ValueError("a discharge has a time")
    return spell.discharged_at
