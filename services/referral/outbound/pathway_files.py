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
from services.referral.domain.handover import Priority
from services.referral.domain.ladder import WARNINGS
from services.referral.domain.rules import (
    AfterDeath,
    Anchor,
    Asked,
    Confidence,
    Force,
    Help,
    Rule,
    Step,
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
    cover: AskedEntry | None = None
    priority: Priority = "routine"
    needs_outcome: bool = False
    completes_also: tuple[str, ...] = ()
    then: str = ""
    after_death: AfterDeath = ""
    help: HelpEntry


class AppliesEntry(Entry):
    """When the rule applies: an event, and what must be true of it."""

    event: Trigger
    all: tuple[ConditionEntry, ...] = ()


def _later(text: str) -> Counting:
    """`1wd`, `24h`: how long after something."""
    return WorkingDays(int(text[:-2])) if text.endswith("wd") else ClockHours(int(text[:-1]))


class StepEntry(Entry):
    """A step of the ladder: `50%`, `breach`, `breach+1wd`, `breach+24h`."""

    at: Annotated[str, Field(pattern=r"^([1-9][0-9]?%|breach(\+[1-9][0-9]?(wd|h))?)$")]
    to: tuple[Literal["owner"] | AskedEntry, ...]

    def step(self) -> Step:
        """The step as the ladder climbs it; the owner is told at each."""
        to = tuple(asked.asked() for asked in self.to if asked != "owner")
        if self.at.endswith("%"):
            return Step(self.at, to, share=int(self.at[:-1]) / 100)
        _, _, later = self.at.partition("+")
        return Step(self.at, to, after=_later(later) if later else None)


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
    escalate: Annotated[tuple[StepEntry, ...], Field(min_length=1, max_length=8)]
    again: Annotated[str, Field(pattern=r"^[1-9][0-9]?(wd|h)$")] | None = None
    complete_when: tuple[str, ...] = ()
    does_not_complete: tuple[str, ...] = ()
    cancel_when: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()

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
            ladder=self._ladder(),
            again=_later(self.again) if self.again else None,
            priority=self.task.priority,
            cover=self.task.cover.asked() if self.task.cover else None,
            completed_by=frozenset(self.complete_when),
            completes_also=frozenset(self.task.completes_also),
            then=self.task.then,
            does_not_complete=self.does_not_complete,
            cancelled_by=frozenset(self.cancel_when),
            covers=self.covers,
            after_death=self.task.after_death,
            fingerprint=self._fingerprint(),
        )

    def _ladder(self) -> tuple[Step, ...]:
        """The steps in the order of their time; a ladder without warnings of its own begins with the usual ones."""
        steps = tuple(entry.step() for entry in self.escalate)
        return steps if any(step.share for step in steps) else (*WARNINGS, *steps)

    def _fingerprint(self) -> str:
        """What the file says, without what it leaves unsaid."""
        said = self.model_dump_json(by_alias=True, exclude_defaults=True)
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
