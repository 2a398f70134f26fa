"""Whether conditions can ever hold together: a rule that contradicts itself would be silent for ever."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import get_args

from services.referral.domain.combining import AllOf, AnyOf, Not
from services.referral.domain.conditions import (
    AgeAtLeast,
    AgeBelow,
    Alive,
    Code,
    Condition,
    DiagnosisIn,
    IndicatorAtLeast,
    OneOf,
    PharmacyNamed,
)
from services.referral.domain.referral import Kind, Urgency

Said = tuple[Condition, bool]
"""A plain condition, and whether it is to hold or not."""
_OF_REFERRALS: frozenset[Code] = frozenset({"referral.kind", "referral.priority"})
_OF_BOTH: frozenset[Code] = frozenset({"specialty"})
_EVERY_CODE: Mapping[Code, frozenset[str]] = {
    "encounter.class": frozenset({"IMP", "EMER", "AMB"}),
    "referral.kind": frozenset(get_args(Kind)),
    "referral.priority": frozenset(get_args(Urgency)),
}
"""Where there are no others; a case of the other kind has none of them."""
_DISCHARGED = ("spell.discharged", "patient.died_in_hospital")
_MOST_WAYS = 200


def contradiction(condition: Condition, trigger: str) -> str:
    """Why it can never hold after this trigger, in words; empty: there is a way."""
    reasons = []
    for number, way in enumerate(ways(condition, holds=True)):
        why = _why_not(way, trigger)
        if not why or number > _MOST_WAYS:
            return ""
        reasons.append(why)
    return "; ".join(dict.fromkeys(reasons))


def ways(condition: Condition, *, holds: bool) -> Iterator[tuple[Said, ...]]:
    """Each way in which a condition holds (or does not), as plain conditions that have to come together."""
    match condition:
        case Not(inner):
            yield from ways(inner, holds=not holds)
        case AllOf(parts) if holds:
            yield from _together(parts, holds=True)
        case AnyOf(parts) if not holds:
            yield from _together(parts, holds=False)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from ways(part, holds=holds)
        case _:
            yield ((condition, holds),)


def _together(parts: tuple[Condition, ...], *, holds: bool) -> Iterator[tuple[Said, ...]]:
    for chosen in product(*(list(ways(part, holds=holds)) for part in parts)):
        yield tuple(said for way in chosen for said in way)


def _why_not(way: tuple[Said, ...], trigger: str) -> str:
    return (
        _bothways(way)
        or _codes(way, trigger)
        or _within(way)
        or _ages(way)
        or _of_the_trigger(way, trigger)
    )


def _bothways(way: tuple[Said, ...]) -> str:
    denied = {condition for condition, holds in way if not holds}
    clash = next((condition for condition, holds in way if holds and condition in denied), None)
    return f"{clash.words}, and not" if clash else ""


def _codes(way: tuple[Said, ...], trigger: str) -> str:
    allowed = {code: _EVERY_CODE[code] for code in _EVERY_CODE if _has(trigger, code)}
    for condition, holds in way:
        if isinstance(condition, OneOf) and holds:
            left = allowed.get(condition.code, condition.allowed) & condition.allowed
            allowed[condition.code] = left
    for condition, holds in way:
        if isinstance(condition, OneOf) and not holds and condition.code in allowed:
            allowed[condition.code] -= condition.allowed
    empty = next((code for code, left in allowed.items() if not left), None)
    return f"no {empty} is left" if empty else ""


def _has(trigger: str, code: Code) -> bool:
    """Whether every case that this trigger is about has one of these codes."""
    return trigger.startswith("referral.") if code in _OF_REFERRALS else trigger in _DISCHARGED


def _within(way: tuple[Said, ...]) -> str:
    """What is asked for lies wholly within what is ruled out."""
    asked = [condition for condition, holds in way if holds]
    denied = [condition for condition, holds in way if not holds]
    return next((why for one, other in product(asked, denied) if (why := _inside(one, other))), "")


def _inside(asked: Condition, denied: Condition) -> str:
    match asked, denied:
        case DiagnosisIn(inner, codes), DiagnosisIn(outer, others) if codes <= others:
            return f"every diagnosis in {inner} is in {outer}, which is ruled out"
        case IndicatorAtLeast(code, value), IndicatorAtLeast(other, less) if code == other:
            return f"{asked.words}, and below {less:g}" if value >= less else ""
        case _:
            return ""


def _ages(way: tuple[Said, ...]) -> str:
    lowest, below = 0, 200
    for condition, holds in way:
        if isinstance(condition, AgeAtLeast):
            lowest, below = (
                (max(lowest, condition.years), below)
                if holds
                else (lowest, min(below, condition.years))
            )
        elif isinstance(condition, AgeBelow):
            lowest, below = (
                (lowest, min(below, condition.years))
                if holds
                else (max(lowest, condition.years), below)
            )
    return f"{lowest} or older, and younger than {below}" if lowest >= below else ""


def _of_the_trigger(way: tuple[Said, ...], trigger: str) -> str:
    referral = trigger.startswith("referral.")
    discharge = trigger in _DISCHARGED
    kinds = {_kind(condition) for condition, holds in way if holds} - {""}
    if len(kinds) > 1:
        return "a discharge is no referral"
    if (referral and "discharge" in kinds) or (discharge and "referral" in kinds):
        return f"{trigger} is not about a {kinds.pop()}"
    if trigger == "patient.died_in_hospital" and (Alive(), True) in way:
        return "who died in hospital is not alive"
    if trigger == "spell.discharged" and (Alive(), False) in way:
        return "spell.discharged is of the living"
    return ""


def _kind(condition: Condition) -> str:
    """Which case alone can have it."""
    if isinstance(condition, OneOf):
        if condition.code in _OF_BOTH:
            return ""
        return "referral" if condition.code in _OF_REFERRALS else "discharge"
    return (
        "discharge" if isinstance(condition, (DiagnosisIn, IndicatorAtLeast, PharmacyNamed)) else ""
    )
