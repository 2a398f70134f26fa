"""Everything that can be wrong with rule files though each of them can be read."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from services.referral.domain.contradicting import contradiction
from services.referral.domain.rules import HAPPENED, TRIGGERS, Asked, Rule
from services.referral.outbound.data_files import DATA
from services.referral.outbound.happening_files import BY_MESSAGE
from services.referral.outbound.rulebook.book import Book, read_book
from services.referral.outbound.rulebook.windows import unmet

_WORDS = Path(__file__).parents[3] / "notify" / "data" / "tasks.yaml"
"""How tasks are said to patients: the words of another service, read as data and never imported."""
_ANCHORS = frozenset(
    {
        "discharged_at",
        "opened_at",
        "decided_at",
        "failed_at",
        "heard_at",
        "received_at",
        "clock_started_at",
    }
)
_NEED_NO_ROLE = frozenset({"coordinator", "service", "owner", "sender"})


def check(folder: Path = DATA, local: Path | None = None, words: Path = _WORDS) -> dict[str, Any]:
    """What there is and what is wrong with it, each fault with its file and its field."""
    book, faults = read_book(folder, local)
    if book is None:
        return {"rules": 0, "local": 0, "off": {}, "faults": list(faults), "approvals": None}
    return {
        "rules": len(book.files),
        "local": len(book.local.rules),
        "off": dict(book.local.off),
        "faults": list(faults_of(book, words)),
        "approvals": book.approvals.told(),
    }


def faults_of(book: Book, words: Path = _WORDS) -> Iterator[str]:
    """Every fault of a book, rule by rule."""
    said = _codes_with_words(words)
    for rule in book.playbook.rules:
        for field, fault in (
            *_roles(rule, book),
            *_events(rule, book),
            *_sense(rule),
            *unmet(rule, book.playbook),
        ):
            yield f"{rule.id}.yaml: {field}: {fault}"
        if rule.code not in said:
            yield f"{rule.id}.yaml: task.code: notify has no words for {rule.code!r} ({words.name})"
    yield from _twice(book.playbook.rules)
    roles = _all_roles(book)
    for entry in book.happenings.known.values():
        for role in entry.reported_by:
            if role != BY_MESSAGE and role not in roles:
                yield f"happenings.yaml: {entry.code}.reported_by: no team has the role {role!r}"


def _all_roles(book: Book) -> frozenset[str]:
    return frozenset(team.role for team in book.playbook.directory.teams.values())


def _roles(rule: Rule, book: Book) -> Iterator[tuple[str, str]]:
    roles = _all_roles(book)
    asked: list[tuple[str, Asked]] = [("task.owner", rule.owner)]
    asked += [(f"task.fallback.{place}", one) for place, one in enumerate(rule.fallback)]
    asked += [("task.cover", rule.cover)] if rule.cover else []
    asked += [(f"escalate {step.at}", one) for step in rule.ladder for one in step.to]
    for field, one in asked:
        if not one.role and one.of not in _NEED_NO_ROLE:
            yield field, f"whose is said ({one.of}), but not which role"
        elif one.role and one.role not in roles:
            yield field, f"no team of the directory has the role {one.role!r}"
    if not rule.ladder or not rule.ladder[-1].to:
        yield "escalate", "the ladder ends nowhere: its last step tells nobody but the owner"


def _events(rule: Rule, book: Book) -> Iterator[tuple[str, str]]:
    known = book.happenings.known
    if rule.trigger.startswith(HAPPENED):
        yield from _unknown("applies_when.event", [rule.trigger.removeprefix(HAPPENED)], known)
    elif rule.trigger not in TRIGGERS:
        yield "applies_when.event", f"nothing ever says {rule.trigger!r}"
    if rule.anchor.startswith(HAPPENED):
        yield from _unknown("deadline.anchor", [rule.anchor.removeprefix(HAPPENED)], known)
    elif rule.anchor not in _ANCHORS:
        yield "deadline.anchor", f"no time goes by the name {rule.anchor!r}"
    yield from _unknown("complete_when", sorted(rule.completed_by), known)
    yield from _unknown("cancel_when", sorted(rule.cancelled_by), known)
    yield from _unknown("task.then", [rule.then] if rule.then else [], known)
    event = getattr(rule.counting, "event", None)
    yield from _unknown("deadline.event", [event] if event else [], known)
    for code in book.files[rule.id].does_not_complete:
        if code not in book.happenings.no_proof:
            yield "does_not_complete", f"happenings.yaml has no words for {code!r}"
    for other in sorted(rule.completes_also):
        if other not in book.files:
            yield "task.completes_also", f"there is no rule {other!r}"


def _unknown(field: str, codes: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, str]]:
    for code in codes:
        if code not in known:
            yield field, f"happenings.yaml has no {code!r}"


def _sense(rule: Rule) -> Iterator[tuple[str, str]]:
    why = contradiction(rule.when, rule.trigger)
    if why:
        yield "applies_when", f"it never applies: {why}"
    if rule.unverified and not rule.local_defaults and not rule.source.startswith("Local default"):
        yield (
            "local_defaults",
            f"confidence {rule.confidence} needs a sentence on what nobody verified",
        )
    if rule.completed_by & rule.cancelled_by:
        both = ", ".join(sorted(rule.completed_by & rule.cancelled_by))
        yield "cancel_when", f"{both} cannot both complete and cancel"


def _twice(rules: Iterable[Rule]) -> Iterator[str]:
    rules = tuple(rules)
    for code, count in Counter(rule.code for rule in rules).items():
        if count > 1:
            files = ", ".join(f"{rule.id}.yaml" for rule in rules if rule.code == code)
            yield f"{files}: task.code: {code!r} is said by more than one rule"


def _codes_with_words(words: Path) -> frozenset[str]:
    return frozenset(yaml.safe_load(words.read_text(encoding="utf-8"))["tasks"])
