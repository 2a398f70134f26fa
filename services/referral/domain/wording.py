"""Deadlines in words, for people who want to know where a date comes from."""

from collections.abc import Mapping

from services.referral.domain.deadlines import (
    CalendarWeeks,
    ClockHours,
    Counting,
    OpenDayHours,
    Window,
    WorkingDays,
)
from services.referral.domain.rules import Anchor

_SINCE: Mapping[Anchor, str] = {
    "discharged_at": "the patient left hospital",
    "opened_at": "the handover was opened",
    "decided_at": "it was clear that the message reached nobody",
    "failed_at": "the task was given up",
    "heard_at": "it became known here",
    "received_at": "the document arrived",
}


def counting_in_words(counting: Counting, anchor: Anchor) -> str:
    """For example `Within 2 working days after the patient left hospital, by closing time`."""
    since = _SINCE[anchor]
    match counting:
        case ClockHours(hours):
            return f"Within {_many(hours, 'hour')} after {since}; weekends and bank holidays count"
        case OpenDayHours(hours):
            return f"Within {_many(hours, 'hour')} after {since}, without days on which the team is closed"
        case WorkingDays(days):
            return f"Within {_many(days, 'working day')} after {since}, by the team's closing time"
        case CalendarWeeks(weeks):
            return f"Within {_many(weeks, 'week')} after {since}, at the same time of day"
        case Window(after, within):
            return f"Between {after} and {within} hours after {since}; weekends and bank holidays count"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
