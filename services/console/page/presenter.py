"""What the services say, in words and tags for the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.chassis.pages import when
from services.console.page.services import Answer

_REASONS = {
    "undecodable": "cannot be read",
    "schema": "says what nobody here understands",
    "poison": "could not be handled",
    "gap": "waits for an earlier record",
    "behind": "waits behind another record",
    "conflict": "contradicts what was said before",
}


@dataclass(frozen=True)
class ServiceRow:
    """One service: a name, a tag, why it is not well, and its numbers by heading."""

    name: str
    state: str
    colour: str
    reasons: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ParkedRow:
    """One key that waits."""

    service: str
    parked_id: str
    why: str
    error: str
    topic: str
    records: int
    since: str
    wrong: bool
    """Whether something is wrong with the record that names the key, so that it can be given up."""


def service_row(answer: Answer) -> ServiceRow:
    """How a service is; one that did not answer has a row as well."""
    said = answer.said
    if said is None:
        nothing = tuple((heading, "unknown") for heading in _FACTS)
        return ServiceRow(answer.service, "No answer", "red", (answer.trouble,), nothing)
    reasons = tuple(f"{name}: {reason}" for name, reason in said["reasons"].items())
    state, colour = ("Ready", "green") if said["ready"] else ("Not ready", "red")
    facts = tuple((heading, show(said)) for heading, show in _FACTS.items())
    return ServiceRow(answer.service, state, colour, reasons, facts)


def parked_rows(answers: Sequence[Answer]) -> list[ParkedRow]:
    """Every key that waits anywhere, the longest wait first."""
    rows = [
        (key["since"], ParkedRow(answer.service, key["parked_id"], _REASONS.get(key["reason"], key["reason"]),
         key["error"], key["topic"], key["records"], _moment(key["since"]),
         key["reason"] not in ("gap", "behind")))
        for answer in answers
        if answer.said is not None
        for key in answer.said["parked"]
    ]  # fmt: skip
    return [row for _, row in sorted(rows, key=lambda pair: str(pair[0]))]


def parked_record(record: dict[str, Any]) -> dict[str, Any]:
    """One record that waits, with why in words and since when."""
    why = _REASONS.get(record["reason"], record["reason"])
    error = f": {record['error']}" if record["error"] else ""
    return record | {"why": f"{why.capitalize()}{error}", "since": _moment(record["parked_at"])}


def _waiting(said: dict[str, Any]) -> str:
    count = said["outbox_unpublished"]
    age = said["outbox_oldest_age_seconds"]
    return f"{count:,}, the oldest for {age:,.0f} s" if count else "nothing"


def _moment(value: str | float | None) -> str:
    """Seconds since 1970 or ISO text, on London's clock."""
    if value is None:
        return "not yet"
    if isinstance(value, str):
        return when(datetime.fromisoformat(value))
    return when(datetime.fromtimestamp(value, UTC))


_FACTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "In": lambda said: f"{said['consumed_total']:,}",
    "Out": lambda said: f"{said['published_total']:,}",
    "Waiting to go out": _waiting,
    "Behind": lambda said: f"{said['consumer_lag']:,}",
    "Late timers": lambda said: f"{said['timers_overdue']:,}",
    "Last progress": lambda said: (
        _moment(said["last_progress_at"]) if said.get("hears_topics", True) else "hears no topic"
    ),
}
