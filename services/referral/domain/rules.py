"""A pathway rule: when it applies, what must be done, by whom, by when, and who is told in silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.referral.domain.calendars import BankHolidays
from services.referral.domain.conditions import Condition
from services.referral.domain.deadlines import Counting
from services.referral.domain.directory import Directory, Team

Trigger = Literal[
    "spell.discharged",
    "patient.died_in_hospital",
    "patient.died",
    "patient.death_removed",
    "patient.records_changed",
    "spell.questioned.discharge-times-differ",
    "spell.questioned.discharged-again-or-late",
    "spell.questioned.cancelled-elsewhere",
    "alert.not_delivered",
    "alert.overtaken",
    "withdrawal.unread",
    "task.failed",
    "document.received",
]
"""What may bring a rule into play. `spell.discharged` is of the living: what follows a death has triggers of its own."""
Force = Literal["law", "information-standard", "contract", "guideline", "local"]
Confidence = Literal["V", "P", "K"]
"""Verified in a source, partly verified, or general knowledge."""
Anchor = Literal["discharged_at", "opened_at", "decided_at", "failed_at", "heard_at", "received_at"]
AfterDeath = Literal["", "ends", "stays"]
"""What becomes of the task when the patient dies; empty: it ends if another team was asked for it, else it stays."""
Whose = Literal[
    "sender",
    "registered-practice",
    "nominated-pharmacy",
    "document-recipient",
    "place",
    "coordinator",
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A role, and whose: resolved to a team when the rule is used."""

    of: Whose
    role: str = ""
    """Empty for the coordinator, who is a team and not a role."""


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
    told_at_breach: tuple[Asked, ...]
    """The step of the ladder above the owner."""
    after_death: AfterDeath
    fingerprint: str
    """Tells two texts of the rule apart that claim the same version."""

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

    def on(self, trigger: Trigger) -> tuple[Rule, ...]:
        """The rules that a kind of event may bring into play."""
        return tuple(rule for rule in self.rules if rule.trigger == trigger)

    def rule(self, rule_id: str) -> Rule | None:
        """The current version of a rule."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def resolve(
    asked: Asked, codes: Mapping[Whose, str | None], place: str, directory: Directory
) -> Team | None:
    """The team that is meant, or None when the directory does not know it.

    `codes` holds the ODS codes of the organisations that this patient's journey names.
    """
    if asked.of == "place":
        return directory.at_place(asked.role, place)
    return directory.at_organisation(asked.role, codes.get(asked.of))
