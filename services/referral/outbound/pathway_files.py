"""Pathway rules from their files: one rule a file, in the shape of the rule book (domain rules B0)."""

import hashlib
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.referral.domain.combining import AllOf
from services.referral.domain.counting import ClockHours, Counting, WorkingDays, may_come_late
from services.referral.domain.handover import Priority
from services.referral.domain.ladder import WARNINGS
from services.referral.domain.rules import (
    HAPPENED,
    PENDING,
    AfterDeath,
    Asked,
    Confidence,
    Force,
    Help,
    Rule,
    Step,
    Trigger,
    Whose,
)
from services.referral.outbound.condition_entries import ConditionEntry, ValueSets
from services.referral.outbound.data_files import Entry
from services.referral.outbound.deadline_entries import DeadlineEntry
from services.referral.outbound.happening_files import Happenings


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
    each: Literal["", "result"] = ""
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

    @model_validator(mode="after")
    def _never_late_for_safety(self) -> Self:
        local = self.force == "local" and self.task.priority == "routine"
        if not local and may_come_late(self.deadline.counting()):
            raise ValueError(
                "deadline: roll: following comes too late; only a local rule of routine priority may say it"
            )
        return self

    @model_validator(mode="after")
    def _a_result_stays_with_its_requester(self) -> Self:
        asked = self.task.owner.of != "sender" or self.task.fallback or self.task.cover
        if self.task.each and (asked or self.applies_when.event != HAPPENED + PENDING):
            raise ValueError(
                f"task.each: a result stays with the team that ordered it: owner of: sender, no fallback, no cover, "
                f"event: {HAPPENED}{PENDING}"
            )
        return self

    def rule(self, value_sets: ValueSets, happenings: Happenings) -> Rule:
        """The rule as the decisions use it."""
        known, no_proof = happenings.known, happenings.no_proof
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
            does_not_complete=tuple(no_proof.get(code, code) for code in self.does_not_complete),
            cancelled_by=frozenset(self.cancel_when),
            covers=self.covers,
            after_death=self.task.after_death,
            each_result=self.task.each == "result",
            fingerprint=self._fingerprint(),
            proved_by=tuple(known[code].title for code in self.complete_when if code in known),
        )

    def _ladder(self) -> tuple[Step, ...]:
        """The steps in the order of their time; a ladder without warnings of its own begins with the usual ones."""
        steps = tuple(entry.step() for entry in self.escalate)
        return steps if any(step.share for step in steps) else (*WARNINGS, *steps)

    def _fingerprint(self) -> str:
        """What the file says, without what it leaves unsaid."""
        said = self.model_dump_json(by_alias=True, exclude_defaults=True)
        return hashlib.sha256(said.encode()).hexdigest()
