"""Conditions put together: all of them, any of them, not this one."""

from dataclasses import dataclass

from services.referral.domain.case import Case
from services.referral.domain.conditions import Condition, Reasons, unlike


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of several conditions."""

    conditions: tuple[Condition, ...]

    @property
    def words(self) -> str:
        return " and ".join(condition.words for condition in self.conditions) or "always"

    def holds(self, case: Case) -> bool:
        # Asked of every rule for every discharge, where a generator costs as much as the conditions do.
        for condition in self.conditions:  # noqa: SIM110
            if not condition.holds(case):
                return False
        return True

    def why_not(self, case: Case) -> Reasons:
        return tuple(why for condition in self.conditions for why in condition.why_not(case))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several conditions."""

    conditions: tuple[Condition, ...]

    @property
    def words(self) -> str:
        return "(" + " or ".join(condition.words for condition in self.conditions) + ")"

    def holds(self, case: Case) -> bool:
        return any(condition.holds(case) for condition in self.conditions)

    def why_not(self, case: Case) -> Reasons:
        if self.holds(case):
            return ()
        return ("; nor ".join("; ".join(condition.why_not(case)) for condition in self.conditions),)


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    condition: Condition

    @property
    def words(self) -> str:
        return f"not ({self.condition.words})"

    def holds(self, case: Case) -> bool:
        return not self.condition.holds(case)

    def why_not(self, case: Case) -> Reasons:
        return () if self.holds(case) else (unlike(self, "it is so"),)
