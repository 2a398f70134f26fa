"""The timeline for programs."""

from typing import Any

from services.rehearsal.local_time import LONDON
from services.rehearsal.timeline import Entry, Outcome


def as_json(outcome: Outcome) -> dict[str, Any]:
    """One story; times are local, with their offset."""
    return {
        "title": outcome.title,
        "about": outcome.about.strip(),
        "came_true": outcome.came_true,
        "checks": outcome.checks,
        "failures": outcome.failures,
        "seconds": round(outcome.seconds, 2),
        "timeline": [_entry(entry) for entry in outcome.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.astimezone(LONDON).isoformat(),
        "kind": entry.kind,
        "person": entry.person,
        "text": entry.text,
        "details": list(entry.details),
        "pressing": entry.pressing,
    }
