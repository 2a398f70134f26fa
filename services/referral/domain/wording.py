"""Deadlines in words, for people who want to know where a date comes from."""

from collections.abc import Mapping

from services.referral.domain.counting import (
    AcademicYear,
    AfterPlanned,
    AgeAt,
    BeforeEvent,
    BeforePlanned,
    BusinessDaysUS,
    ByLocalTime,
    CalendarSpan,
    ClockHours,
    Counting,
    Offset,
    OpenDayHours,
    Window,
    WorkingDays,
)
from services.referral.domain.rules import HAPPENED, Anchor
from services.referral.domain.working import many, ordinal

_SINCE: Mapping[Anchor, str] = {
    "discharged_at": "the patient left hospital",
    "opened_at": "the handover was opened",
    "decided_at": "it was clear that the message reached nobody",
    "failed_at": "the task was given up",
    "heard_at": "it became known here",
    "received_at": "the document arrived",
    "clock_started_at": "the referral was made",
}


def counting_in_words(counting: Counting, anchor: Anchor) -> str:
    """For example `Within 2 working days after the patient left hospital, by closing time`."""
    since = _since(anchor)
    match counting:
        case ByLocalTime(at, days):
            day = "the same day" if days == 0 else f"{many(days, 'working day')} later"
            said = f"By {at:%H:%M}, {day}, counted from when {since}"
        case Window(not_before, within):
            said = f"Between {_between(not_before, within)} after {since}{_how(within)}"
        case AgeAt(years):
            said = f"By the start of the {ordinal(years)} birthday"
        case AcademicYear(year, point):
            said = f"By the {point} of school year {year}"
        case BeforePlanned(by):
            said = f"At least {_length(by)} before the planned date"
        case AfterPlanned(by):
            said = f"Within {_length(by)} after the planned date{_how(by)}"
        case BeforeEvent(event, backstop):
            what = event.replace("-", " ")
            said = (
                f"Before the {what}, and within {_length(backstop)} after {since}{_how(backstop)}"
            )
        case _:
            said = f"Within {_length(counting)} after {since}{_how(counting)}"
    return said


def _between(first: Offset, last: Offset) -> str:
    if isinstance(first, ClockHours) and isinstance(last, ClockHours):
        return f"{first.hours} and {last.hours} hours"
    return f"{_length(first)} and {_length(last)}"


def _since(anchor: Anchor) -> str:
    if anchor.startswith(HAPPENED):
        return f"this happened: {anchor.removeprefix(HAPPENED).replace('-', ' ')}"
    return _SINCE[anchor]


def _length(offset: Offset) -> str:
    match offset:
        case ClockHours(hours) | OpenDayHours(hours):
            return many(hours, "hour")
        case WorkingDays(days):
            return many(days, "working day")
        case BusinessDaysUS(days):
            return many(days, "US business day")
        case CalendarSpan(count, unit):
            return many(count, unit)


def _how(offset: Offset) -> str:
    match offset:
        case ClockHours():
            return "; weekends and bank holidays count"
        case OpenDayHours():
            return ", without days on which the team is closed"
        case WorkingDays():
            return ", by the team's closing time"
        case CalendarSpan(_, _, keeps_time, _) if keeps_time:
            return ", at the same time of day"
        case CalendarSpan() | BusinessDaysUS():
            return ", by the end of the day"
