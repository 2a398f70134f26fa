"""What a change of the rules would do: the same patients by the national rules and by those of the place."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from services.referral.domain.planning import Planned
from services.referral.domain.rules import HAPPENED, Asked, Playbook, Rule
from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.rulebook.book import Book, read_book
from services.referral.outbound.rulebook.cases import (
    AT_DISCHARGE,
    Tried,
    discharge_of,
    local,
    planned,
)
from services.referral.outbound.rulebook.made_up import made_up


def compare(
    messages: Sequence[Mapping[str, Any]],
    at: datetime | None,
    folder: Path = DATA,
    place: Path | None = None,
) -> dict[str, Any]:
    """What differs for the patients of `messages`, and for somebody made up for each rule that changed.

    Each message is its `file` and the `facts` that discharge reads in it. Raises `DataError`.
    """
    if place is None:
        raise DataError(
            "no folder of the place is named: give --folder or set BATON_PATHWAYS_FOLDER"
        )
    ours, theirs = _book(folder, None), _book(folder, place)
    pairs = _pairs(ours.playbook, theirs.playbook)
    sent = [_sent(message, at) for message in messages]
    found = [(one, _differences(one, pairs, ours, theirs)) for one in sent]
    tried = []
    for old, new in pairs:
        made = made_up(old, new, theirs.playbook, at)
        tried += [(one, _differences(one, [(old, new)], ours, theirs)) for one in made]
    differ = {each["rule"] for _, differences in (*found, *tried) for each in differences}
    return {
        "same": [rule_id for rule_id in map(_id, pairs) if rule_id not in differ],
        "messages": [_told(one, differences) for one, differences in found],
        "made_up": [_told(one, differences) for one, differences in tried if differences],
    }


def _book(folder: Path, place: Path | None) -> Book:
    book, faults = read_book(folder, place)
    if book is None:
        raise DataError("; ".join(faults))
    return book


def _pairs(ours: Playbook, theirs: Playbook) -> list[tuple[Rule | None, Rule | None]]:
    """Every rule that is not the same in both: those alone can differ in what they ask for."""
    ids = sorted({rule.id for book in (ours, theirs) for rule in book.rules})
    pairs = ((ours.rule(rule_id), theirs.rule(rule_id)) for rule_id in ids)
    return [pair for pair in pairs if pair[0] != pair[1]]


def _id(pair: tuple[Rule | None, Rule | None]) -> str:
    return next(rule.id for rule in pair if rule is not None)


def _sent(message: Mapping[str, Any], at: datetime | None) -> Tried:
    discharge = discharge_of(message["facts"])
    return Tried(message["file"], discharge, at or discharge.discharged_at)


def _differences(
    tried: Tried, pairs: Iterable[tuple[Rule | None, Rule | None]], ours: Book, theirs: Book
) -> list[dict[str, Any]]:
    found = []
    for old, new in pairs:
        before = planned(old, tried, ours.playbook) if old else None
        after = planned(new, tried, theirs.playbook) if new else None
        what, fields = _what(before, after)
        either = after or before
        if what and either is not None:
            rule = either.rule
            begins = {"rule": rule.id, "title": rule.title, "if": _begins(rule, theirs)}
            found.append({"what": what, **begins, "fields": fields})
    return found


def _what(before: Planned | None, after: Planned | None) -> tuple[str, list[dict[str, str]]]:
    """How one task differs, and in what."""
    old, new = _task(before), _task(after)
    fields = [
        {"field": field, "from": old.get(field, ""), "to": new.get(field, "")}
        for field in dict.fromkeys((*old, *new))
        if old.get(field, "") != new.get(field, "")
    ]
    if not fields:
        return "", []
    if before is None:
        return "appears", fields
    return ("vanishes" if after is None else "changes"), fields


def _task(one: Planned | None) -> dict[str, str]:
    """What makes a difference to somebody; a field that says nothing is left out."""
    if one is None:
        return {}
    rule, when = one.rule, one.when
    said = {
        "owner": one.team.name,
        "due": local(when.due_at),
        "not before": local(when.not_before) if when.not_before else "",
        "priority": rule.priority,
        "skill": rule.skill,
        "ladder": "; ".join(f"{step.at} {_roles(step.to)}" for step in rule.ladder),
        "done by": ", ".join(sorted(rule.completed_by)),
        "called off by": ", ".join(sorted(rule.cancelled_by)),
    }
    return {field: value for field, value in said.items() if value}


def _roles(to: Iterable[Asked]) -> str:
    return " and ".join(asked.role or asked.of for asked in to) or "owner"


def _begins(rule: Rule, book: Book) -> str:
    """What has to happen for it beside the discharge; empty: nothing."""
    entry = book.happenings.known.get(rule.trigger.removeprefix(HAPPENED))
    return "" if rule.trigger in AT_DISCHARGE else entry.title if entry else rule.trigger


def _told(tried: Tried, differences: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"case": tried.name, "opened_at": local(tried.opened_at), "differences": differences}
