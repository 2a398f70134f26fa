"""Conditions and value sets as the data files write them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

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
from services.referral.domain.discharge import plain_code
from services.referral.domain.referral import Kind, Urgency
from services.referral.domain.rules import Confidence
from services.referral.outbound.data_files import DATA, Entry, layers, read

ValueSets = Mapping[str, frozenset[str]]
"""Codes by value set, normalised."""


class UnknownValueSetError(LookupError):
    """A rule speaks of a value set that no file has."""


class CodeEntry(Entry):
    system: Literal["snomed", "icd-10", "treatment-function", "discharge-destination"]
    code: str
    display: str
    confidence: Confidence


class ValueSetEntry(Entry):
    id: str
    title: str
    version: str
    codes: Annotated[tuple[CodeEntry, ...], Field(min_length=1)]


def read_value_sets(folder: Path = DATA, local: Path | None = None) -> ValueSets:
    """Every value set by its id; those of the place add to the national ones, or replace them. Raises `DataError`."""
    said = [
        entry
        for one in layers("value_sets.yaml", folder, local)
        for entry in read(one, tuple[ValueSetEntry, ...])
    ]
    return {entry.id: frozenset(plain_code(code.code) for code in entry.codes) for entry in said}


class IndicatorEntry(Entry):
    code: str
    value: float


Age = Annotated[int, Field(ge=1, le=130)]
Codes = Annotated[tuple[str, ...], Field(min_length=1)]
Statements = Annotated["tuple[ConditionEntry, ...]", Field(min_length=1)]


class ConditionEntry(Entry):
    """One statement about a discharge or a referral; exactly one of the fields is given."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    class_in: Annotated[tuple[Literal["IMP", "EMER", "AMB"], ...], Field(min_length=1)] | None = (
        Field(None, alias="encounter.class_in")
    )
    method_in: Codes | None = Field(None, alias="discharge.method_in")
    destination_in: str | None = Field(None, alias="discharge.destination_in_valueset")
    specialty_in: str | None = Field(None, alias="specialty.in_valueset")
    practice_in: Codes | None = Field(None, alias="practice.in")
    alive: Literal[True] | None = Field(None, alias="patient.alive")
    age_at_least: Age | None = Field(None, alias="patient.age_at_least")
    age_below: Age | None = Field(None, alias="patient.age_below")
    pharmacy_named: Literal[True] | None = Field(None, alias="pharmacy.named")
    diagnosis_in: str | None = Field(None, alias="diagnosis.in_valueset")
    indicator: IndicatorEntry | None = Field(None, alias="indicator.at_least")
    kind_in: Annotated[tuple[Kind, ...], Field(min_length=1)] | None = Field(
        None, alias="referral.kind_in"
    )
    priority_in: Annotated[tuple[Urgency, ...], Field(min_length=1)] | None = Field(
        None, alias="referral.priority_in"
    )
    all_of: Statements | None = Field(None, alias="all")
    any_of: Statements | None = Field(None, alias="any")
    not_so: "ConditionEntry | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("a condition says exactly one thing")
        return self

    def condition(self, value_sets: ValueSets) -> Condition:
        """The condition as the decisions use it. Raises `UnknownValueSetError`."""
        if self.all_of is not None:
            return AllOf(tuple(entry.condition(value_sets) for entry in self.all_of))
        if self.any_of is not None:
            return AnyOf(tuple(entry.condition(value_sets) for entry in self.any_of))
        if self.not_so is not None:
            return Not(self.not_so.condition(value_sets))
        return self._code(value_sets) or self._of_the_patient(value_sets)

    def _code(self, value_sets: ValueSets) -> Condition | None:
        """What asks for one of several codes."""
        listed: tuple[tuple[Code, tuple[str, ...] | None], ...] = (
            ("encounter.class", self.class_in),
            ("discharge.method", self.method_in),
            ("practice", self.practice_in),
            ("referral.kind", self.kind_in),
            ("referral.priority", self.priority_in),
        )
        for code, allowed in listed:
            if allowed is not None:
                return OneOf(code, frozenset(allowed))
        sets: tuple[tuple[Code, str | None], ...] = (
            ("discharge.destination", self.destination_in),
            ("specialty", self.specialty_in),
        )
        for code, value_set in sets:
            if value_set is not None:
                return OneOf(code, _codes_of(value_set, value_sets), value_set)
        return None

    def _of_the_patient(self, value_sets: ValueSets) -> Condition:
        if self.diagnosis_in is not None:
            return DiagnosisIn(self.diagnosis_in, _codes_of(self.diagnosis_in, value_sets))
        if self.indicator is not None:
            return IndicatorAtLeast(self.indicator.code, self.indicator.value)
        if self.age_at_least is not None:
            return AgeAtLeast(self.age_at_least)
        if self.age_below is not None:
            return AgeBelow(self.age_below)
        return PharmacyNamed() if self.pharmacy_named else Alive()


def _codes_of(value_set: str, value_sets: ValueSets) -> frozenset[str]:
    if value_set not in value_sets:
        raise UnknownValueSetError(f"no value set {value_set!r}")
    return value_sets[value_set]
