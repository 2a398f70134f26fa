"""What discharge says to the world: the only place where its events are made."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.document import DocumentAnswered, DocumentReceived, DocumentSection, DocumentWithdrawn
from schemas.event import Event
from schemas.patient import PatientDescribed
from schemas.spell import (
    Coding,
    Indicator,
    SpellAdmissionCancelled,
    SpellAdmitted,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellDischarged,
    SpellPatientChanged,
    SpellQuestioned,
)
from services.discharge.domain.age import age_at
from services.discharge.domain.document import Document, Filed
from services.discharge.domain.message import Incoming
from services.discharge.domain.news import News
from services.discharge.domain.patient import Patient
from services.discharge.domain.reply import Reply
from services.discharge.domain.spell import Spell, as_instant


def patient_described(patient: Patient, described_at: datetime) -> PatientDescribed:
    """Everything known of a patient."""
    return PatientDescribed(
        patient_key=patient.patient_key, described_at=described_at, **patient.described
    )


def spell_news(spell: Spell, news: News, at: datetime) -> Event:
    """One thing that is new of a stay; `at` is when what made it news happened (UTC)."""
    return _MAKERS[news.kind](spell, news.says, at)


def _admitted(spell: Spell, says: Mapping[str, Any], _: datetime) -> Event:
    return SpellAdmitted(
        patient_key=spell.patient_key,
        spell_id=spell.spell_id,
        provider=spell.provider,
        encounter_class=says["encounter_class"],
        admitted_at=says["admitted_at"],
        specialty=says["specialty"],
        flags=tuple(says["flags"]),
    )


def _admission_cancelled(spell: Spell, says: Mapping[str, Any], at: datetime) -> Event:
    return SpellAdmissionCancelled(
        patient_key=spell.patient_key,
        spell_id=spell.spell_id,
        cancelled_at=_when(says, at),
        reason=says["reason"],
    )


def _discharged(spell: Spell, says: Mapping[str, Any], _: datetime) -> Event:
    return SpellDischarged(**_departure(spell, says))


def _corrected(spell: Spell, says: Mapping[str, Any], _: datetime) -> Event:
    return SpellCorrected(**_departure(spell, says))


def _departure(spell: Spell, says: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "patient_key": spell.patient_key,
        "spell_id": spell.spell_id,
        "provider": spell.provider,
        "ward": says["ward"],
        "encounter_class": says["encounter_class"],
        "admitted_at": says["admitted_at"],
        "discharged_at": says["discharged_at"],
        "discharge_method": says["method"],
        "discharge_destination": says["destination"],
        "specialty": says["specialty"],
        "practice": says["practice"],
        "pharmacy": says["pharmacy"],
        "diagnoses": tuple(Coding(system=system, code=code) for system, code in says["diagnoses"]),
        "indicators": tuple(
            Indicator(code=code, value=value) for code, value in says["indicators"]
        ),
        "age": age_at(spell.birth_date, as_instant(says["discharged_at"])),
        "deceased": says["deceased"],
        "test_patient": says["test_patient"],
        "flags": tuple(says["flags"]),
    }


def _discharge_cancelled(spell: Spell, says: Mapping[str, Any], at: datetime) -> Event:
    return SpellDischargeCancelled(
        patient_key=spell.patient_key,
        spell_id=spell.spell_id,
        cancelled_at=_when(says, at),
        reason=says["reason"],
    )


def _questioned(spell: Spell, says: Mapping[str, Any], at: datetime) -> Event:
    return SpellQuestioned(
        patient_key=spell.patient_key,
        spell_id=spell.spell_id,
        provider=spell.provider,
        questions=tuple(says["questions"]),
        asked_at=at,
    )


def _patient_changed(spell: Spell, says: Mapping[str, Any], at: datetime) -> Event:
    return SpellPatientChanged(
        patient_key=spell.patient_key,
        spell_id=spell.spell_id,
        previous_patient_key=says["previous"],
        reason=says["reason"],
        changed_at=at,
    )


def _when(says: Mapping[str, Any], at: datetime) -> datetime:
    return as_instant(says["at"]) if says["at"] else at


_MAKERS: Mapping[str, Callable[[Spell, Mapping[str, Any], datetime], Event]] = {
    "spell.admitted": _admitted,
    "spell.admission_cancelled": _admission_cancelled,
    "spell.discharged": _discharged,
    "spell.corrected": _corrected,
    "spell.discharge_cancelled": _discharge_cancelled,
    "spell.questioned": _questioned,
    "spell.patient_changed": _patient_changed,
}


def document_answered(reply: Reply, patient_key: str, spell_id: UUID) -> DocumentAnswered:
    """The receiver of a document has answered."""
    return DocumentAnswered(
        patient_key=patient_key,
        spell_id=spell_id,
        answer=reply.code,
        answered_by=reply.answered_by,
        answered_at=reply.answered_at,
    )


def document_received(
    filed: Filed, incoming: Incoming, document: Document, place_of: Filed | None
) -> DocumentReceived:
    """A document arrived and is the current one of its set."""
    return DocumentReceived(
        patient_key=filed.patient_key,
        document_id=filed.document_id,
        replaces=place_of.document_id if place_of else None,
        spell_id=filed.spell_id,
        sender=document.sender,
        recipient=document.recipient,
        for_action=document.for_action,
        code=document.code,
        title=document.title,
        authored_at=document.authored_at,
        received_at=incoming.received_at,
        discharged_at=document.discharged_at,
        sections=tuple(
            DocumentSection(code=each.code, title=each.title, text=each.text)
            for each in document.sections
        ),
        attachments=len(document.attachments),
        test_patient=incoming.statement.test_patient if incoming.statement else False,
        flags=incoming.flags,
    )


def document_withdrawn(filed: Filed, at: datetime, reason: str) -> DocumentWithdrawn:
    """A document does not count any more."""
    return DocumentWithdrawn(
        patient_key=filed.patient_key,
        document_id=filed.document_id,
        withdrawn_at=at,
        reason=reason,
    )
