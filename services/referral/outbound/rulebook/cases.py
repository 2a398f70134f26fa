"""A patient whom rules are tried on, from a message or made up, and what a book of rules plans for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.referral.domain.calendars import LONDON
from services.referral.domain.case import Case
from services.referral.domain.discharge import Discharge, plain_code
from services.referral.domain.handover import Handover
from services.referral.domain.planning import Planned, plan, plan_on, sender_of
from services.referral.domain.referral import Referral
from services.referral.domain.rules import Playbook, Rule, Trigger

NOBODY = UUID(int=0)
AT_DISCHARGE: tuple[Trigger, Trigger] = ("spell.discharged", "patient.died_in_hospital")


@dataclass(frozen=True, slots=True)
class Tried:
    """Somebody whom rules are tried on."""

    name: str
    """The file, or what was made up."""
    case: Case
    opened_at: datetime


def discharge_of(facts: Mapping[str, Any]) -> Discharge:
    """A discharge from the facts that discharge reads of a message."""
    return Discharge(
        spell_id=NOBODY,
        patient_key="",
        provider=facts["provider"],
        encounter_class=facts["encounter_class"],
        discharged_at=datetime.fromisoformat(facts["discharged_at"]).astimezone(UTC),
        method=facts["method"],
        destination=facts["destination"],
        practice=facts["practice"],
        pharmacy=facts["pharmacy"],
        diagnoses=frozenset(plain_code(code) for code in facts["diagnoses"]),
        indicators=facts["indicators"],
        said_deceased=facts["deceased"],
        test_patient=facts["test_patient"],
        specialty=facts["specialty"],
        age=facts["age"],
    )


def is_about(trigger: Trigger, kind: type[Discharge] | type[Referral]) -> bool:
    """Whether this may happen to somebody who was discharged, or referred."""
    if trigger in AT_DISCHARGE:
        return kind is Discharge
    return kind is Referral or not (trigger.startswith("referral.") or trigger.endswith("_waiting"))


def planned(rule: Rule, tried: Tried, playbook: Playbook) -> Planned | None:
    """What a rule asks for: as somebody leaves, or if what it begins with happens when the handover opens."""
    case = tried.case
    if not is_about(rule.trigger, type(case)):
        return None
    if isinstance(case, Discharge) and rule.trigger in AT_DISCHARGE:
        asked = plan(case, tried.opened_at, playbook)
    else:
        asked = plan_on(rule.trigger, _handover(tried, playbook), tried.opened_at, playbook)
    return next((one for one in asked if one.rule.id == rule.id), None)


def _handover(tried: Tried, playbook: Playbook) -> Handover:
    case = tried.case
    referral = case if isinstance(case, Referral) else None
    provider = case.referrer if isinstance(case, Referral) else case.provider
    sender = sender_of(provider, playbook)
    return Handover(
        handover_id=NOBODY,
        spell_id=NOBODY,
        patient_key="",
        sender=provider,
        sender_team=sender.id,
        coordinator_team=sender.id,
        clock_started_at=tried.opened_at,
        opened_at=tried.opened_at,
        purpose="referral" if referral else "discharge",
        discharge=case if isinstance(case, Discharge) else None,
        referral=referral,
    )


def local(at: datetime) -> str:
    """A time as people here read it."""
    here = at.astimezone(LONDON)
    return f"{here:%a} {here.day} {here:%b %Y %H:%M}"
