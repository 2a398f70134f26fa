"""What is new of a stay: the difference between what was published last and how it stands now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from services.discharge.domain.spell import Spell
from services.discharge.domain.timeline import Discharge, Standing, Undoing, fold

Kind = Literal[
    "spell.admitted",
    "spell.admission_cancelled",
    "spell.discharged",
    "spell.corrected",
    "spell.discharge_cancelled",
    "spell.questioned",
    "spell.patient_changed",
]
_ADMISSION = "admission"
_DISCHARGE = "discharge"
_QUESTIONS = "questions"
_PATIENT = "patient_key"
_NUMBER = "number"


@dataclass(frozen=True, slots=True)
class News:
    """One thing to publish, with what it says."""

    kind: Kind
    sequence: int
    says: Mapping[str, Any] = field(default_factory=dict)


def tell(
    spell: Spell, patient_key: str, described: Mapping[str, Any], because: str = "identified"
) -> tuple[Spell, Standing, tuple[News, ...]]:
    """What to publish so that the world knows how the stay stands, and the stay as told.

    `patient_key` is under whom it counts now, and `described` what is known of them: it names practice and pharmacy.
    `because` says why the patient is another one, in case they are.
    """
    standing = fold(spell.heard)
    known = _content(spell, standing, described)
    told, found = _compare(spell, patient_key, standing, known, because)
    news = tuple(
        News(kind, spell.said + number, says) for number, (kind, says) in enumerate(found, start=1)
    )
    after = replace(spell, patient_key=patient_key, told=told, said=spell.said + len(news))
    return after, standing, news


def _content(
    spell: Spell, standing: Standing, described: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    if standing.discharge is None:
        return None
    return {
        **standing.discharge.content,
        "practice": described.get("practice"),
        "pharmacy": described.get("pharmacy"),
        "test_patient": spell.test_patient or bool(described.get("test_patient")),
    }


def _compare(
    spell: Spell,
    patient_key: str,
    standing: Standing,
    known: Mapping[str, Any] | None,
    because: str,
) -> tuple[dict[str, Any], list[tuple[Kind, Mapping[str, Any]]]]:
    told: dict[str, Any] = dict(spell.told)
    news: list[tuple[Kind, Mapping[str, Any]]] = []
    if told and told.get(_PATIENT) != patient_key:
        news.append(("spell.patient_changed", {"previous": told[_PATIENT], "reason": because}))
        told[_PATIENT] = patient_key

    was_discharged: Mapping[str, Any] | None = told.get(_DISCHARGE)
    if standing.admission is not None and not told.get(_ADMISSION):
        news.append(("spell.admitted", standing.admission))
        told[_ADMISSION] = True
    if was_discharged and _another(was_discharged, standing.discharge):
        news.append(("spell.discharge_cancelled", _undone(standing.undone)))
        was_discharged = told[_DISCHARGE] = None
    if standing.admission is None and told.get(_ADMISSION):
        news.append(("spell.admission_cancelled", _undone(standing.voided)))
        told[_ADMISSION] = False
    if known is not None and standing.discharge is not None:
        now = {**known, _NUMBER: standing.discharge.number}
        if was_discharged is None:
            news.append(("spell.discharged", known))
            told[_DISCHARGE] = now
        elif _facts(was_discharged) != _facts(now):
            news.append(("spell.corrected", known))
            told[_DISCHARGE] = now
    questions = list(standing.questions)
    if questions != told.get(_QUESTIONS, []):
        news.append(("spell.questioned", {_QUESTIONS: questions}))
        told[_QUESTIONS] = questions
    if news:
        told[_PATIENT] = patient_key
    return told, news


def _another(was: Mapping[str, Any], now: Discharge | None) -> bool:
    return now is None or was[_NUMBER] != now.number


def _undone(what: tuple[str, Undoing] | None) -> dict[str, Any]:
    """When and why; a stay that was joined to another has nothing of its own to say."""
    at, reason = what or (None, "entered-in-error")
    return {"at": at, "reason": reason}


def _facts(content: Mapping[str, Any]) -> dict[str, Any]:
    """Without the flags: another spelling of the same message is no correction."""
    plain = {name: value for name, value in content.items() if name not in {"flags", _NUMBER}}
    for name in ("diagnoses", "indicators"):
        plain[name] = [list(each) for each in content[name]]
    return plain
