"""Conditions and value sets as the data files write them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from services.referral.domain.conditions import (
    Alive,
    AnyOf,
    ClassIn,
    Condition,
    DiagnosisIn,
    IndicatorAtLeast,
    PharmacyNamed,
)
from services.referral.domain.discharge import plain_code
from services.referral.domain.rules import Confidence
from services.referral.outbound.data_files import DATA, Entry, read

ValueSets = Mapping[str, frozenset[str]]
"""Codes by value set, normalised."""


class UnknownValueSetError(LookupError):
    """A rule speaks of a value set that no file has."""


class CodeEntry(Entry):
    system: Literal["snomed", "icd-10"]
    code: str
    display: str
    confidence: Confidence


class ValueSetEntry(Entry):
    id: str
    title: str
    version: str
    codes: Annotated[tuple[CodeEntry, ...], Field(min_length=1)]


def read_value_sets(folder: Path = DATA) -> ValueSets:
    """Every value set by its id. Raises `DataError`."""
    said = read(folder / "value_sets.yaml", tuple[ValueSetEntry, ...])
    return {entry.id: frozenset(plain_code(code.code) for code in entry.codes) for entry in said}


class IndicatorEntry(Entry):
    code: str
    value: float


class ConditionEntry(Entry):
    """One statement about a discharge; exactly one of the fields is given."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    class_in: tuple[Literal["IMP", "EMER", "AMB"], ...] | None = Field(
        None, alias="encounter.class_in"
    )
    alive: Literal[True] | None = Field(None, alias="patient.alive")
    pharmacy_named: Literal[True] | None = Field(None, alias="pharmacy.named")
    diagnosis_in: str | None = Field(None, alias="diagnosis.in_valueset")
    indicator: IndicatorEntry | None = Field(None, alias="indicator.at_least")
    any_of: "tuple[ConditionEntry, ...] | None" = Field(None, alias="any")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a condition says exactly one thing")
        return self

    def condition(self, value_sets: ValueSets) -> Condition:
        """The condition as the decisions use it. Raises `UnknownValueSetError`."""
        if self.class_in is not None:
            return ClassIn(frozenset(self.class_in))
        if self.pharmacy_named:
            return PharmacyNamed()
        if self.diagnosis_in is not None:
            if self.diagnosis_in not in value_sets:
                raise UnknownValueSetError(f"no value set {self.diagnosis_in!r}")
            return DiagnosisIn(self.diagnosis_in, value_sets[self.diagnosis_in])
        if self.indicator is not None:
            return IndicatorAtLeast(self.indicator.code, self.indicator.value)
        if self.any_of is not None:
            return AnyOf(tuple(entry.condition(value_sets) for entry in self.any_of))
        return Alive()
