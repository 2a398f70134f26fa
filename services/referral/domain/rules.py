"""A pathway rule: when it applies, what must be done, by whom, by when, and who is told in silence."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.referral.domain.calendars import BankHolidays
from services.referral.domain.conditions import Condition
from services.referral.domain.counting import Counting, WorkingDays
from services.referral.domain.directory import Directory, Team
from services.referral.domain.handover import MissingResult, Priority

Trigger = str
"""What may bring a rule into play: one of `TRIGGERS`, or `happened.` with a code of `happenings.yaml`."""
TRIGGERS: frozenset[Trigger] = frozenset(
    {
        "spell.discharged",
        "patient.died_in_hospital",
        "patient.died",
        "patient.died_waiting",
        "patient.death_removed",
        "patient.death_removed_waiting",
        "patient.records_changed",
        "spell.questioned.discharge-times-differ",
        "spell.questioned.discharged-again-or-late",
        "spell.questioned.cancelled-elsewhere",
        "alert.not_delivered",
        "alert.overtaken",
        "withdrawal.unread",
        "reply.after_the_end",
        "task.failed",
        "document.received",
        "referral.received",
        "offer.redirected-too-often",
        "coordinator.missing",
    }
)
"""`spell.discharged` is of the living: what follows a death has triggers of its own. Those of somebody who is `waiting`
are about a referral, and each referral has its own; the others are about the person, and ask once."""
HAPPENED = "happened."
PENDING = "results-pending"
"""The happening that a result was missing when the patient left."""
_A_WORKING_WEEK = WorkingDays(5)
_A_WORKING_DAY = WorkingDays(1)
Force = Literal["law", "information-standard", "contract", "guideline", "local"]
Confidence = Literal["V", "P", "K"]
"""Verified in a source, partly verified, or general knowledge."""
Anchor = str
"""`discharged_at`, `opened_at`, `decided_at`, `failed_at`, `heard_at`, `received_at`, `clock_started_at` of a referral,
or `happened.` with a code: then it counts from the opening until that has happened, and is counted again when it has."""
AfterDeath = Literal["", "ends", "stays"]
"""What becomes of the task when the patient dies; empty: it ends if another team was asked for it, else it stays."""
Whose = Literal[
    "sender",
    "registered-practice",
    "nominated-pharmacy",
    "document-recipient",
    "place",
    "coordinator",
    "owner",
    "referrer",
    "service",
]
"""`owner`: the organisation whose team has the task. `service`: the team that a referral asks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A role, and whose: resolved to a team when the rule is used."""

    of: Whose
    role: str = ""
    """Empty for the coordinator, who is a team and not a role."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the ladder that silence climbs."""

    at: str
    """As its file says it: `50%`, `breach`, `breach+1wd`, `breach+24h`."""
    to: tuple[Asked, ...]
    """Whom to tell beside the owner, who is told at every step."""
    share: float | None = None
    """How much of the time from anchor to deadline has passed; None: it is counted from the deadline."""
    after: Counting | None = None
    """How long after the deadline; None with no share: at the deadline itself."""


@dataclass(frozen=True, slots=True)
class Help:
    """What the person with the task reads."""

    why: str
    done: str
    """What done means."""
    not_yours: str
    """What to do if it is not theirs."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pathway, as its file says it."""

    id: str
    title: str
    version: str
    force: Force
    source: str
    confidence: Confidence
    local_defaults: tuple[str, ...]
    """Numbers in this rule that nobody verified, each as a sentence."""
    trigger: Trigger
    when: Condition
    code: str
    skill: str
    owner: Asked
    fallback: tuple[Asked, ...]
    counting: Counting
    anchor: Anchor
    help: Help
    needs_outcome: bool
    """Whether completing it takes a sentence on what was done."""
    ladder: tuple[Step, ...]
    """In the order of their time: warnings, the breach, what comes after it."""
    again: Counting | None
    """How long after its last step the last step is taken again, for as long as the task is open."""
    after_death: AfterDeath
    priority: Priority
    cover: Asked | None
    """Who is asked instead when the owner is closed for the whole time that there is; always open (B0, S07)."""
    completed_by: frozenset[str]
    """Happenings that prove it done."""
    completes_also: frozenset[str]
    """Rules whose open tasks are done when this one is."""
    then: str
    """What has happened when it is done: a code of `happenings.yaml`, or empty."""
    does_not_complete: tuple[str, ...]
    """What is no proof, in the words of the rule."""
    cancelled_by: frozenset[str]
    """Happenings after which it need not be done."""
    covers: tuple[str, ...]
    """The rules of the standards that it carries out."""
    fingerprint: str
    """Tells two texts of the rule apart that claim the same version."""
    each_result: bool = False
    """Whether every missing result has a task of its own by this rule, with the team that ordered the test."""
    proved_by: tuple[str, ...] = ()
    """What completes it beside the word of its owner, as a person reads it."""

    def unnamed_result(self, team: Team) -> MissingResult | None:
        """What its task looks for where nobody has said which result it is."""
        return MissingResult("Results of this stay", team.id) if self.each_result else None

    @property
    def unverified(self) -> bool:
        """Whether its numbers must be shown as a local default (confidence K or P)."""
        return self.confidence != "V"


@dataclass(frozen=True, slots=True)
class Playbook:
    """Everything that is data and decides: rules, directory, bank holidays, and the two site settings."""

    rules: tuple[Rule, ...]
    directory: Directory
    holidays: BankHolidays
    live: bool = True
    divisor: int = 1
    complex_from: int = 3
    """A handover to so many teams needs a named coordinator (A04)."""
    happenings: Mapping[str, str] = field(default_factory=dict)
    """What people may say has happened: titles by code."""
    said_by: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The roles whose people may say it, by code; nobody else may."""
    redirect_limit: int = 2
    """How often work may be passed on before a clinical lead has to decide (A10)."""
    accept_redirect: Counting = _A_WORKING_WEEK
    """How long a team has to answer what was passed on to it (S05)."""
    accept_move: Counting = _A_WORKING_DAY
    """How long a team has to answer what came with a patient who moved, or was handed on (R71)."""
    _by_id: Mapping[str, Rule] = field(init=False, compare=False, repr=False)
    _by_trigger: Mapping[Trigger, tuple[Rule, ...]] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        by_trigger: dict[Trigger, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            by_trigger[rule.trigger].append(rule)
        object.__setattr__(self, "_by_id", {rule.id: rule for rule in self.rules})
        object.__setattr__(self, "_by_trigger", {on: tuple(of) for on, of in by_trigger.items()})

    def on(self, trigger: Trigger) -> tuple[Rule, ...]:
        """The rules that a kind of event may bring into play."""
        return self._by_trigger.get(trigger, ())

    def rule(self, rule_id: str) -> Rule | None:
        """The current version of a rule."""
        return self._by_id.get(rule_id)


def resolve(
    asked: Asked, codes: Mapping[Whose, str | None], place: str, directory: Directory
) -> Team | None:
    """The team that is meant, or None when the directory does not know it.

    `codes` holds the ODS codes of the organisations that this patient's journey names.
    """
    if asked.of == "place":
        return directory.at_place(asked.role, place)
    return directory.at_organisation(asked.role, codes.get(asked.of))
