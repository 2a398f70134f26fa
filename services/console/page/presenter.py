"""What the services say, in words and tags for the page."""

from collections.abc import Sequence
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
class ServiceCard:
    """One service: a heading, a tag, and lines of name and value."""

    name: str
    state: str
    colour: str
    facts: tuple[tuple[str, str], ...] = ()


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


def card(answer: Answer) -> ServiceCard:
    """How a service is; one that did not answer is a card as well."""
    said = answer.said
    if said is None:
        return ServiceCard(answer.service, "No answer", "red", (("Trouble", answer.trouble),))
    facts = [
        ("Messages in", f"{said['consumed_total']:,} since it started"),
        ("Messages out", f"{said['published_total']:,} since it started"),
        ("Waiting to go out", _waiting(said)),
        ("Behind", _count(said["consumer_lag"], "record")),
        ("Parked", _count(len(said["parked"]), "key")),
        ("Late timers", str(said["timers_overdue"])),
        ("Last progress", _moment(said["last_progress_at"])),
    ]
    facts += [(f"Not ready: {name}", reason) for name, reason in said["reasons"].items()]
    state, colour = ("Ready", "green") if said["ready"] else ("Not ready", "red")
    return ServiceCard(answer.service, state, colour, tuple(facts))


def parked_rows(answers: Sequence[Answer]) -> list[ParkedRow]:
    """Every key that waits anywhere, the longest wait first."""
    rows = [
        (key["since"], ParkedRow(answer.service, key["parked_id"], _REASONS.get(key["reason"], key["reason"]),
         key["error"], key["topic"], key["records"], _moment(key["since"])))
        for answer in answers
        if answer.said is not None
        for key in answer.said["parked"]
    ]  # fmt: skip
    return [row for _, row in sorted(rows, key=lambda pair: str(pair[0]))]


def _waiting(said: dict[str, Any]) -> str:
    count = said["outbox_unpublished"]
    age = said["outbox_oldest_age_seconds"]
    return f"{count:,}, the oldest for {age:,.0f} s" if count else "nothing"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _moment(value: str | float | None) -> str:
    """Seconds since 1970 or ISO text, on London's clock."""
    if value is None:
        return "not yet"
    if isinstance(value, str):
        return when(datetime.fromisoformat(value))
    return when(datetime.fromtimestamp(value, UTC))
