"""Made-up patients for whom two texts of a rule differ: found from its conditions, so that no change stays unseen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice

from services.referral.domain.calendars import instant
from services.referral.domain.case import Case
from services.referral.domain.combining import AllOf, Not
from services.referral.domain.conditions import (
    ADULT,
    AgeAtLeast,
    AgeBelow,
    Code,
    Condition,
    DiagnosisIn,
    IndicatorAtLeast,
    OneOf,
    PharmacyNamed,
)
from services.referral.domain.contradicting import Said, ways
from services.referral.domain.discharge import Discharge
from services.referral.domain.planning import SENDING_ROLE
from services.referral.domain.referral import Referral
from services.referral.domain.rules import Playbook, Rule
from services.referral.outbound.rulebook.cases import NOBODY, Tried, is_about
from services.referral.outbound.rulebook.windows import first_day

_MOST_WAYS = 50
_A_TUESDAY = 1
_NEVER_SENT = "not-sent"


def made_up(
    old: Rule | None, new: Rule | None, playbook: Playbook, at: datetime | None
) -> list[Tried]:
    """Whom only the old text is about, whom only the new one, and whom both: at most one of each."""
    rule = new or old
    if rule is None:
        return []
    found: dict[str, Tried] = {}
    for condition in _questions(old, new):
        tried = _somebody(rule, condition, playbook, at or _a_usual_morning(playbook))
        if tried is not None:
            found.setdefault(tried.name, tried)
    return list(found.values())


def _questions(old: Rule | None, new: Rule | None) -> Sequence[Condition]:
    if old is None or new is None:
        return [rule.when for rule in (old, new) if rule is not None]
    before, after = old.when, new.when
    return [AllOf((before, after)), AllOf((before, Not(after))), AllOf((after, Not(before)))]


def _somebody(rule: Rule, condition: Condition, playbook: Playbook, at: datetime) -> Tried | None:
    """The first made-up patient of whom this is true."""
    for way in islice(ways(condition, holds=True), _MOST_WAYS):
        for case in _cases(rule, way, playbook, at):
            if condition.holds(case):
                words = [said.words if holds else f"not ({said.words})" for said, holds in way]
                return Tried("; ".join(dict.fromkeys(words)) or "anybody", case, at)
    return None


def _cases(rule: Rule, way: tuple[Said, ...], playbook: Playbook, at: datetime) -> Iterator[Case]:
    age = _age(way)
    if is_about(rule.trigger, Discharge):
        yield replace(
            _discharge(rule, playbook, at),
            encounter_class=_code("encounter.class", "IMP", way) or "IMP",
            method=_code("discharge.method", "1", way),
            destination=_code("discharge.destination", "19", way),
            specialty=_code("specialty", "300", way),
            practice=_code("practice", _first("gp-practice", playbook), way),
            pharmacy=_first("community-pharmacy", playbook) if _named(way) else None,
            diagnoses=frozenset(_diagnoses(way)),
            indicators={
                said.code: said.value
                for said, holds in way
                if holds and isinstance(said, IndicatorAtLeast)
            },
            age=age,
        )
    if is_about(rule.trigger, Referral):
        referral = _referral(playbook, at)
        specialty = _code("specialty", referral.specialty, way)
        yield from (
            replace(referral, kind=kind, priority=urgency, specialty=specialty, age=age)
            for kind in ("referral", "suspected-cancer", "advice", "validation")
            for urgency in ("routine", "urgent", "asap", "stat")
        )


def _discharge(rule: Rule, playbook: Playbook, at: datetime) -> Discharge:
    return Discharge(
        spell_id=NOBODY,
        patient_key="",
        provider=_first(SENDING_ROLE, playbook),
        encounter_class="IMP",
        discharged_at=at,
        said_deceased=rule.trigger == "patient.died_in_hospital",
        test_patient=True,
    )


def _referral(playbook: Playbook, at: datetime) -> Referral:
    service = next((team.id for team in playbook.directory.teams.values() if team.services), "")
    practice = _first("gp-practice", playbook)
    return Referral(
        referral_id=NOBODY,
        patient_key="",
        kind="referral",
        priority="routine",
        referrer=practice,
        service=service,
        clock_started_at=at,
        received_at=at,
        practice=practice,
        test_patient=True,
    )


def _code(code: Code, usual: str, way: tuple[Said, ...]) -> str:
    """A code that is asked for and not ruled out; the usual one where that will do."""
    sets = [
        (said.allowed, holds)
        for said, holds in way
        if isinstance(said, OneOf) and said.code == code
    ]
    asked = [allowed for allowed, holds in sets if holds]
    denied = frozenset[str]().union(*(allowed for allowed, holds in sets if not holds))
    if asked:
        left = frozenset.intersection(*asked) - denied
        return usual if usual in left or not left else min(left)
    return usual if usual not in denied else _NEVER_SENT


def _diagnoses(way: tuple[Said, ...]) -> Iterator[str]:
    """One code of each set that is asked for, in none that is ruled out."""
    sets = [(said.codes, holds) for said, holds in way if isinstance(said, DiagnosisIn)]
    denied = frozenset[str]().union(*(codes for codes, holds in sets if not holds))
    for codes, holds in sets:
        if holds and codes - denied:
            yield min(codes - denied)


def _age(way: tuple[Said, ...]) -> int:
    """An age within all limits, as close to middle age as they let it be."""
    lowest, below = 0, 130
    for said, holds in way:
        if isinstance(said, AgeAtLeast | AgeBelow):
            if isinstance(said, AgeAtLeast) == holds:
                lowest = max(lowest, said.years)
            else:
                below = min(below, said.years)
    return max(lowest, min(2 * ADULT, below - 1))


def _named(way: tuple[Said, ...]) -> bool:
    return any(holds and isinstance(said, PharmacyNamed) for said, holds in way)


def _first(role: str, playbook: Playbook) -> str:
    teams = playbook.directory.teams.values()
    return next((team.organisation for team in teams if team.role == role), "")


def _a_usual_morning(playbook: Playbook) -> datetime:
    """A Tuesday of the last year of which every bank holiday is known: the same one for every comparison."""
    day = first_day(playbook.holidays)
    return instant(day + timedelta(days=(_A_TUESDAY - day.weekday()) % 7), time(10))
