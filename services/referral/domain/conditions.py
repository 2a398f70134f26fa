"""When a rule applies: small statements about a discharge or a referral."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from services.referral.domain.case import Case
from services.referral.domain.discharge import Discharge
from services.referral.domain.referral import Referral

Reasons = tuple[str, ...]
"""Why a condition does not hold, each with the value that was seen; empty: it holds."""

ADULT = 18
"""The age that counts where none is known: the rules for adults apply."""


class Condition(Protocol):
    """Something that is true of a discharge or a referral, or is not; what only the other can have is not true."""

    def holds(self, case: Case) -> bool: ...

    def why_not(self, case: Case) -> Reasons: ...

    @property
    def words(self) -> str: ...


NOT_KNOWN = "V81999"
"""The code of a practice that is not known; none at all counts as that."""
Code = Literal[
    "encounter.class",
    "discharge.method",
    "discharge.destination",
    "specialty",
    "practice",
    "referral.kind",
    "referral.priority",
]
"""A code that a discharge or a referral has."""

_OF_DISCHARGE: Mapping[Code, Callable[[Discharge], str]] = {
    "encounter.class": lambda case: case.encounter_class,
    "discharge.method": lambda case: case.method,
    "discharge.destination": lambda case: case.destination,
    "specialty": lambda case: case.specialty,
    "practice": lambda case: case.practice or NOT_KNOWN,
}
_OF_REFERRAL: Mapping[Code, Callable[[Referral], str]] = {
    "referral.kind": lambda case: case.kind,
    "referral.priority": lambda case: case.priority,
    "specialty": lambda case: case.specialty,
}


@dataclass(frozen=True, slots=True)
class OneOf:
    """A code is one of several."""

    code: Code
    allowed: frozenset[str]
    named: str = ""
    """What the codes are together, where they come from a value set."""

    @property
    def words(self) -> str:
        return f"{self.code} is {self.named or 'one of ' + ', '.join(sorted(self.allowed))}"

    def seen(self, case: Case) -> str | None:
        """The code of this case; None where it cannot have one."""
        if isinstance(case, Discharge):
            of_discharge = _OF_DISCHARGE.get(self.code)
            return of_discharge(case) if of_discharge else None
        of_referral = _OF_REFERRAL.get(self.code)
        return of_referral(case) if of_referral else None

    def holds(self, case: Case) -> bool:
        return self.seen(case) in self.allowed

    def why_not(self, case: Case) -> Reasons:
        seen = self.seen(case)
        return () if seen in self.allowed else (unlike(self, _said(seen)),)


@dataclass(frozen=True, slots=True)
class Alive:
    """The patient left alive."""

    words = "patient is alive"

    def holds(self, case: Case) -> bool:
        return not isinstance(case, Discharge) or not case.deceased

    def why_not(self, case: Case) -> Reasons:
        return () if self.holds(case) else (unlike(self, "died in hospital"),)


@dataclass(frozen=True, slots=True)
class PharmacyNamed:
    """The patient nominated a pharmacy, known to the directory or not."""

    words = "patient named a pharmacy"

    def holds(self, case: Case) -> bool:
        return isinstance(case, Discharge) and bool(case.pharmacy)

    def why_not(self, case: Case) -> Reasons:
        return () if self.holds(case) else (unlike(self, "none was sent"),)


@dataclass(frozen=True, slots=True)
class DiagnosisIn:
    """One of the diagnoses is in a value set.

    Codes are compared whatever name the source gives their code system: those of the value sets cannot be
    mistaken for one another, and sources name the systems in many ways.
    """

    value_set: str
    codes: frozenset[str]

    @property
    def words(self) -> str:
        return f"a diagnosis is in {self.value_set}"

    def holds(self, case: Case) -> bool:
        return isinstance(case, Discharge) and not self.codes.isdisjoint(case.diagnoses)

    def why_not(self, case: Case) -> Reasons:
        if self.holds(case):
            return ()
        seen = sorted(case.diagnoses) if isinstance(case, Discharge) else []
        return (unlike(self, ", ".join(seen) or "no diagnosis was sent"),)


@dataclass(frozen=True, slots=True)
class IndicatorAtLeast:
    """A coded observation reached a value."""

    code: str
    value: float

    @property
    def words(self) -> str:
        return f"observation {self.code} is {self.value:g} or more"

    def holds(self, case: Case) -> bool:
        seen = self._seen(case)
        return seen is not None and seen >= self.value

    def why_not(self, case: Case) -> Reasons:
        seen = self._seen(case)
        if seen is not None and seen >= self.value:
            return ()
        return (unlike(self, "it was not sent" if seen is None else f"{seen:g}"),)

    def _seen(self, case: Case) -> float | None:
        indicators = case.indicators if isinstance(case, Discharge) else None
        return indicators.get(self.code) if indicators else None


@dataclass(frozen=True, slots=True)
class AgeAtLeast:
    """The patient has reached an age; whose age is not known counts as an adult."""

    years: int

    @property
    def words(self) -> str:
        return f"patient is {self.years} or older"

    def holds(self, case: Case) -> bool:
        return (ADULT if case.age is None else case.age) >= self.years

    def why_not(self, case: Case) -> Reasons:
        return () if self.holds(case) else (unlike(self, _age(case)),)


@dataclass(frozen=True, slots=True)
class AgeBelow:
    """The patient is younger than that; whose age is not known counts as an adult."""

    years: int

    @property
    def words(self) -> str:
        return f"patient is younger than {self.years}"

    def holds(self, case: Case) -> bool:
        return (ADULT if case.age is None else case.age) < self.years

    def why_not(self, case: Case) -> Reasons:
        return () if self.holds(case) else (unlike(self, _age(case)),)


def unlike(condition: Condition, seen: str) -> str:
    """Why a condition does not hold: what it says, and what was seen instead."""
    return f"{condition.words} (seen: {seen})"


def _said(seen: str | None) -> str:
    if seen is None:
        return "a case of this kind has none"
    return seen or "it was not sent"


def _age(case: Case) -> str:
    return "the age is not known, so it counts as an adult's" if case.age is None else str(case.age)
