"""Everything that can be wrong with rule files though each of them can be read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from services.referral.domain.contradicting import contradiction
from services.referral.domain.rules import HAPPENED, TRIGGERS, Rule
from services.referral.outbound.data_files import DATA
from services.referral.outbound.happening_files import BY_MESSAGE
from services.referral.outbound.rulebook.askable import nobody, roles_of
from services.referral.outbound.rulebook.book import Book, read_book
from services.referral.outbound.rulebook.ladders import misled
from services.referral.outbound.rulebook.times import senseless
from services.referral.outbound.rulebook.windows import unmet

_WORDS = Path(__file__).parents[3] / "notify" / "data" / "tasks.yaml"
"""How tasks are said to patients: the words of another service, read as data and never imported."""


def check(folder: Path = DATA, local: Path | None = None, words: Path = _WORDS) -> dict[str, Any]:
    """What there is and what is wrong with it, each fault with its file and its field."""
    book, faults = read_book(folder, local)
    if book is None:
        return {
            "rules": 0,
            "local": 0,
            "off": {},
            "notes": [],
            "faults": list(faults),
            "approvals": None,
        }
    return {
        "rules": len(book.files),
        "local": len(book.local.rules),
        "off": dict(book.local.off),
        "notes": list(_general_words(book, words)),
        "faults": list(faults_of(book, words)),
        "approvals": book.approvals.told(),
    }


def faults_of(book: Book, words: Path = _WORDS) -> Iterator[str]:
    """Every fault of a book, rule by rule."""
    said = _codes_with_words(words)
    for rule in book.playbook.rules:
        for field, fault in (
            *nobody(rule, book.playbook.directory),
            *_events(rule, book),
            *_sense(rule),
            *misled(rule),
            *senseless(rule, book.playbook),
            *unmet(rule, book.playbook),
        ):
            yield f"{rule.id}.yaml: {field}: {fault}"
        if rule.code not in said and rule.id not in book.local.rules:
            yield f"{rule.id}.yaml: task.code: notify has no words for {rule.code!r} ({words.name})"
    yield from _twice(book.playbook.rules)
    yield from _unsaid(book)
    yield from (f"{name}: it is never read: {why}" for name, why in book.unread.items())
    yield from _not_counted(book)


def _general_words(book: Book, words: Path) -> Iterator[str]:
    """Tasks of the place that patients read of in general words: notify's own are those of the nation."""
    said = _codes_with_words(words)
    for rule_id in book.local.rules:
        code = book.files[rule_id].task.code
        if code not in said:
            yield f"{rule_id}.yaml: task.code: {code!r} is said to patients in general words"


def _events(rule: Rule, book: Book) -> Iterator[tuple[str, str]]:
    known = book.happenings.known
    if rule.trigger.startswith(HAPPENED):
        yield from _unknown("applies_when.event", [rule.trigger.removeprefix(HAPPENED)], known)
    elif rule.trigger not in TRIGGERS:
        yield "applies_when.event", f"nothing ever says {rule.trigger!r}"
    if rule.anchor.startswith(HAPPENED):
        yield from _unknown("deadline.anchor", [rule.anchor.removeprefix(HAPPENED)], known)
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
    begins = rule.trigger.removeprefix(HAPPENED)
    for field, codes in (("complete_when", rule.completed_by), ("cancel_when", rule.cancelled_by)):
        if begins in codes:
            yield field, f"{begins} begins it, and cannot end it as well"
    if rule.then and rule.then == begins:
        yield "task.then", f"{begins} begins it: whenever it is done it would begin again"
    if rule.completed_by & rule.cancelled_by:
        both = ", ".join(sorted(rule.completed_by & rule.cancelled_by))
        yield "cancel_when", f"{both} cannot both complete and cancel"


def _unsaid(book: Book) -> Iterator[str]:
    """What nobody may ever say: people in roles that no team has, or a system that knows nothing of it."""
    roles = roles_of(book.playbook.directory)
    for entry in book.happenings.known.values():
        where = f"happenings.yaml: {entry.code}.reported_by"
        for role in entry.reported_by:
            if role != BY_MESSAGE and role not in roles:
                yield f"{where}: no team has the role {role!r}"
        if entry.code in book.own_happenings and not entry.by_people:
            yield f"{where}: nobody may say it, and no system says it by itself; name a role"


def _not_counted(book: Book) -> Iterator[str]:
    made = {said.task.code for said in book.national.values()}
    for place, code in enumerate(book.contacts):
        if code not in made:
            yield f"measures.yaml: contacts.{place}: no national rule makes a task {code!r}"


def _twice(rules: Iterable[Rule]) -> Iterator[str]:
    """One thing to do that one event would ask for twice; another event may ask for the same."""
    asking: dict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in rules:
        asking[rule.trigger, rule.code].append(f"{rule.id}.yaml")
    for (trigger, code), files in asking.items():
        if len(files) > 1:
            yield f"{', '.join(files)}: task.code: {trigger} asks for {code!r} in more than one rule"


def _codes_with_words(words: Path) -> frozenset[str]:
    return frozenset(yaml.safe_load(words.read_text(encoding="utf-8"))["tasks"])
