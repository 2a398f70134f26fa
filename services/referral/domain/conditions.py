"""When a rule applies: small statements about a discharge or a referral, put together in the pathway files."""

from dataclasses import dataclass
from typing import Protocol

from services.referral.domain.case import Case
from services.referral.domain.discharge import Discharge


class Condition(Protocol):
    """Something that is true of a discharge or a referral, or is not; what only the other can have is not true."""

    def holds(self, case: Case) -> bool: ...


@dataclass(frozen=True, slots=True)
class ClassIn:
    """The encounter was of one of these classes."""

    classes: frozenset[str]

    def holds(self, case: Case) -> bool:
        return isinstance(case, Discharge) and case.encounter_class in self.classes


@dataclass(frozen=True, slots=True)
class Alive:
    """The patient left alive."""

    def holds(self, case: Case) -> bool:
        return not isinstance(case, Discharge) or not case.deceased


@dataclass(frozen=True, slots=True)
class PharmacyNamed:
    """The patient nominated a pharmacy, known to the directory or not."""

    def holds(self, case: Case) -> bool:
        return isinstance(case, Discharge) and bool(case.pharmacy)


@dataclass(frozen=True, slots=True)
class DiagnosisIn:
    """One of the diagnoses is in a value set.

    Codes are compared whatever name the source gives their code system: those of the value sets cannot be
    mistaken for one another, and sources name the systems in many ways.
    """

    value_set: str
    codes: frozenset[str]

    def holds(self, case: Case) -> bool:
        return isinstance(case, Discharge) and not self.codes.isdisjoint(case.diagnoses)


@dataclass(frozen=True, slots=True)
class IndicatorAtLeast:
    """A coded observation reached a value."""

    code: str
    value: float

    def holds(self, case: Case) -> bool:
        indicators = case.indicators if isinstance(case, Discharge) else None
        return indicators is not None and indicators.get(self.code, -1.0) >= self.value


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of several conditions."""

    conditions: tuple[Condition, ...]

    def holds(self, case: Case) -> bool:
        return all(condition.holds(case) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several conditions."""

    conditions: tuple[Condition, ...]

    def holds(self, case: Case) -> bool:
        return any(condition.holds(case) for condition in self.conditions)
