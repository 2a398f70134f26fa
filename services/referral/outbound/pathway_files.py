"""Pathway rules from their files: one rule a file, in the shape of the rule book (domain rules B0)."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from services.referral.domain.conditions import AllOf
from services.referral.domain.deadlines import (
    CalendarWeeks,
    ClockHours,
    Counting,
    OpenDayHours,
    Roll,
    Window,
    WorkingDays,
)
from services.referral.domain.rules import (
    AfterDeath,
    Anchor,
    Asked,
    Confidence,
    Force,
    Help,
    Rule,
    Trigger,
    Whose,
)
from services.referral.outbound.condition_entries import (
    ConditionEntry,
    UnknownValueSetError,
    ValueSets,
)
from services.referral.outbound.data_files import DATA, DataError, Entry, read

Count = Annotated[int, Field(gt=0, le=1000)]


class ClockHoursEntry(Entry):
    kind: Literal["clock_hours"]
    hours: Count
    anchor: Anchor

    def counting(self) -> Counting:
        return ClockHours(self.hours)


class OpenDayHoursEntry(Entry):
    kind: Literal["clock_hours_excluding_closed_days"]
    hours: Count
    anchor: Anchor

    def counting(self) -> Counting:
        return OpenDayHours(self.hours)


class WorkingDaysEntry(Entry):
    kind: Literal["working_days"]
    days: Count
    anchor: Anchor
    roll: Roll

    def counting(self) -> Counting:
        return WorkingDays(self.days, self.roll)


class CalendarWeeksEntry(Entry):
    kind: Literal["calendar_weeks"]
    weeks: Count
    anchor: Anchor

    def counting(self) -> Counting:
        return CalendarWeeks(self.weeks)


class WindowEntry(Entry):
    kind: Literal["window"]
    after_hours: Count
    within_hours: Count
    anchor: Anchor

    def counting(self) -> Counting:
        return Window(self.after_hours, self.within_hours)


DeadlineEntry = Annotated[
    ClockHoursEntry | OpenDayHoursEntry | WorkingDaysEntry | CalendarWeeksEntry | WindowEntry,
    Field(discriminator="kind"),
]


class AskedEntry(Entry):
    """A role and whose."""

    of: Whose
    role: str = ""

    def asked(self) -> Asked:
        return Asked(self.of, self.role)


class HelpEntry(Entry):
    """What the person with the task reads."""

    why: str
    done: str
    not_yours: str


class TaskEntry(Entry):
    """What must be done, and by whom."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,60}$")]
    skill: Literal["clinical", "clerical", "pharmacy", "social-care"]
    owner: AskedEntry
    fallback: tuple[AskedEntry, ...] = ()
    needs_outcome: bool = False
    after_death: AfterDeath = ""
    help: HelpEntry


class AppliesEntry(Entry):
    """When the rule applies: an event, and what must be true of it."""

    event: Trigger
    all: tuple[ConditionEntry, ...] = ()


class StepEntry(Entry):
    """A step of the ladder."""

    at: Literal["breach"]
    to: tuple[Literal["owner"] | AskedEntry, ...]


class RuleFile(Entry):
    """`pathways/<id>.yaml`."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{2,40}$")]
    title: str
    version: str
    force: Force
    source: str
    confidence: Confidence
    local_defaults: tuple[str, ...] = ()
    applies_when: AppliesEntry
    task: TaskEntry
    deadline: DeadlineEntry
    escalate: Annotated[tuple[StepEntry, ...], Field(min_length=1, max_length=1)]

    def rule(self, value_sets: ValueSets) -> Rule:
        """The rule as the decisions use it."""
        return Rule(
            id=self.id,
            title=self.title,
            version=self.version,
            force=self.force,
            source=self.source,
            confidence=self.confidence,
            local_defaults=self.local_defaults,
            trigger=self.applies_when.event,
            when=AllOf(tuple(entry.condition(value_sets) for entry in self.applies_when.all)),
            code=self.task.code,
            skill=self.task.skill,
            owner=self.task.owner.asked(),
            fallback=tuple(entry.asked() for entry in self.task.fallback),
            counting=self.deadline.counting(),
            anchor=self.deadline.anchor,
            help=Help(**self.task.help.model_dump()),
            needs_outcome=self.task.needs_outcome,
            told_at_breach=tuple(
                to.asked() for step in self.escalate for to in step.to if to != "owner"
            ),
            after_death=self.task.after_death,
            fingerprint=self._fingerprint(),
        )

    def _fingerprint(self) -> str:
        """What the file says; a rule that does not use a younger field keeps the fingerprint that it had."""
        unused = None if self.task.after_death else {"task": {"after_death"}}
        said = self.model_dump_json(by_alias=True, exclude=unused)
        return hashlib.sha256(said.encode()).hexdigest()


def read_rules(value_sets: ValueSets, folder: Path = DATA) -> tuple[Rule, ...]:
    """Every rule, in the order of their file names. Raises `DataError`."""
    rules = []
    for path in sorted((folder / "pathways").glob("*.yaml")):
        said = read(path, RuleFile)
        if said.id != path.stem:
            raise DataError(f"{path.name}: id: says {said.id!r}, unlike the name of the file")
        try:
            rules.append(said.rule(value_sets))
        except UnknownValueSetError as unknown:
            raise DataError(f"{path.name}: applies_when: {unknown}") from None
    return tuple(rules)
