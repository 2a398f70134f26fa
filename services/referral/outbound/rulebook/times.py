"""Deadlines that make no sense on any day, or on some day: over before they begin, windows of nothing, no such start."""

from collections.abc import Iterator
from datetime import date, timedelta

from services.referral.domain.calendars import Calendar, instant
from services.referral.domain.counting import (
    AcademicYear,
    AgeAt,
    BeforePlanned,
    Counting,
    Window,
)
from services.referral.domain.deadlines import due
from services.referral.domain.rules import HAPPENED, Playbook, Rule
from services.referral.outbound.rulebook.windows import A_YEAR, TIMES, first_day, teams

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
_ONLY_OF = {"discharged_at": "discharge", "clock_started_at": "referral"}
"""Times that only one kind of case has; with another they would quietly count from the opening."""


def senseless(rule: Rule, playbook: Playbook) -> Iterator[tuple[str, str]]:
    """Every fault of a deadline and of what it is counted from: the field, and what is wrong."""
    anchor, trigger = rule.anchor, rule.trigger
    if not anchor.startswith(HAPPENED) and anchor not in _ANCHORS:
        yield "deadline.anchor", f"no time goes by the name {anchor!r}"
        return
    case = _ONLY_OF.get(anchor)
    if case == "discharge" and trigger.startswith("referral."):
        yield "deadline.anchor", f"{trigger} is about nobody who was discharged"
    if case == "referral" and trigger.startswith(("spell.", "patient.died_in_hospital")):
        yield "deadline.anchor", f"{trigger} is not about a referral, and no clock of a wait runs"
    if isinstance(rule.counting, AgeAt | AcademicYear):
        yield "deadline.kind", f"an age is counted from a birth, and {anchor} is none"
        return
    if isinstance(rule.counting, Window | BeforePlanned):  # the other kinds only ever count on
        calendars = {team.calendar for team in teams(rule.owner, playbook)}
        said = (_wrong(rule.counting, calendar, playbook) for calendar in calendars)
        yield from sorted(fault for fault in set(said) if fault is not None)[:1]


def _wrong(counting: Counting, calendar: Calendar, playbook: Playbook) -> tuple[str, str] | None:
    """On the first day of a year on which it goes wrong."""
    for number in range(A_YEAR):
        day = first_day(playbook.holidays) + timedelta(days=number)
        for at in TIMES:
            start = instant(day, at)
            when = due(counting, start, calendar, playbook.holidays)
            if when.due_at <= start:
                return "deadline", f"what begins on {_said(day)} is late before it begins"
            window = isinstance(counting, Window)
            if window and when.not_before is not None and when.not_before >= when.due_at:
                return "deadline", f"the window that begins on {_said(day)} closes before it opens"
    return None


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
