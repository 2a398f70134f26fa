"""What the rules make of a discharge: which fire, with owner and deadline, and why each of the others does not."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from services.referral.domain.discharge import Discharge
from services.referral.domain.planning import Planned, plan
from services.referral.domain.rules import HAPPENED, Rule
from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.rulebook.book import Book, read_book
from services.referral.outbound.rulebook.cases import AT_DISCHARGE, discharge_of, local


def explain(
    facts: Mapping[str, Any], at: datetime | None, folder: Path = DATA, place: Path | None = None
) -> dict[str, Any]:
    """The rules on one discharge, opened at `at` or else as the patient left. Raises `DataError`."""
    book, faults = read_book(folder, place)
    if book is None:
        raise DataError("; ".join(faults))
    discharge = discharge_of(facts)
    opened_at = at or discharge.discharged_at
    planned = plan(discharge, opened_at, book.playbook)
    trigger = AT_DISCHARGE[discharge.deceased]
    fired = {one.rule.id for one in planned}
    return {
        "opened_at": local(opened_at),
        "trigger": trigger,
        "seen": _seen(facts, discharge),
        "fired": [_fired(one, book) for one in planned],
        "did_not_fire": [
            {"rule": rule.id, "title": rule.title, "why": list(rule.when.why_not(discharge))}
            for rule in book.playbook.on(trigger)
            if rule.id not in fired
        ],
        "wait": [
            {"rule": rule.id, "title": rule.title, "for": _waits_for(rule, book)}
            for rule in book.playbook.rules
            if rule.trigger not in AT_DISCHARGE
        ],
        "off": dict(book.local.off),
    }


def _seen(facts: Mapping[str, Any], discharge: Discharge) -> dict[str, str]:
    """What the rules look at, without the times and without anybody's name."""
    said = {
        "hospital": discharge.provider,
        "class": discharge.encounter_class,
        "left": local(discharge.discharged_at),
        "method": discharge.method,
        "destination": discharge.destination,
        "specialty": discharge.specialty,
        "practice": discharge.practice or "",
        "pharmacy": discharge.pharmacy or "",
        "diagnoses": ", ".join(sorted(discharge.diagnoses)),
        "observations": ", ".join(
            f"{code} = {value:g}" for code, value in (discharge.indicators or {}).items()
        ),
        "age": "not known, counts as an adult" if discharge.age is None else str(discharge.age),
        "flags": ", ".join(facts.get("flags", ())),
    }
    return {name: value or "not sent" for name, value in said.items() if value or name != "flags"}


def _fired(planned: Planned, book: Book) -> dict[str, Any]:
    rule = planned.rule
    return {
        "rule": rule.id,
        "title": rule.title,
        "version": rule.version,
        "source": rule.source,
        "confidence": rule.confidence,
        "local_defaults": list(rule.local_defaults),
        "place": rule.id in book.local.rules,
        "owner": planned.team.name,
        "team": planned.team.id,
        "instead_of": planned.instead_of,
        "priority": rule.priority,
        "due": local(planned.when.due_at),
        "not_before": local(planned.when.not_before) if planned.when.not_before else "",
        "working": planned.when.working,
        "because": rule.when.words,
    }


def _waits_for(rule: Rule, book: Book) -> str:
    code = rule.trigger.removeprefix(HAPPENED)
    entry = book.happenings.known.get(code)
    return f"{entry.title} ({code})" if entry else rule.trigger
