"""Deadlines: from an anchor in time to the instant something is due, and how that was counted."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from services.referral.domain import working
from services.referral.domain.birthdays import birthday, school_year
from services.referral.domain.calendars import LONDON, BankHolidays, Calendar, Days, instant
from services.referral.domain.counting import (
    AcademicYear,
    AfterPlanned,
    AgeAt,
    BeforeEvent,
    BeforePlanned,
    ByLocalTime,
    CalendarSpan,
    Counting,
    Window,
    WorkingDays,
)
from services.referral.domain.reaching import Start, at_day, back, earliest, next_time, reach


@dataclass(frozen=True, slots=True)
class Due:
    """When something may be done, and by when it must be. Both UTC."""

    due_at: datetime
    not_before: datetime | None = None
    working: str = field(default="", compare=False)
    """How it was counted, in words, in local time."""


def due(counting: Counting, anchor: datetime, calendar: Calendar, holidays: BankHolidays) -> Due:
    """Count from `anchor` (aware) in the owner's `calendar`."""
    local = anchor.astimezone(LONDON)
    start = Start(anchor.astimezone(UTC), local, local.date(), local.year)
    days = calendar.days(holidays)
    match counting:
        case Window():
            return _window(counting, start, days)
        case AgeAt() | AcademicYear():
            return _of_age(counting, start)
        case ByLocalTime():
            end = next_time(counting, start, days)
            way = f"{start.shown}, {end.amount}"
        case BeforePlanned(by):
            end = back(by, start, days)
            way = f"planned for {start.shown}, {end.amount} before"
        case AfterPlanned(by):
            end = reach(by, start, days)
            way = f"planned for {start.shown}, {end.amount} after"
        case BeforeEvent(event, backstop):
            end = reach(backstop, start, days)
            what = event.replace("-", " ")
            way = f"before the {what}, at the latest {start.shown} + {end.amount}"
        case _:
            end = reach(counting, start, days)
            way = f"{start.shown} + {end.amount}"
    return Due(end.at, None, f"{way}{end.note} → {end.shown}")


def due_by(
    day: date | None,
    counting: Counting,
    anchor: datetime,
    calendar: Calendar,
    holidays: BankHolidays,
) -> Due:
    """The close of a day that is known, rolled as the rule rolls; without one, as the rule counts from `anchor`."""
    if day is None:
        return due(counting, anchor, calendar, holidays)
    local = anchor.astimezone(LONDON)
    start = Start(anchor.astimezone(UTC), local, local.date(), local.year)
    roll = counting.roll if isinstance(counting, WorkingDays | CalendarSpan) else "none"
    end = at_day(day, roll, start, calendar.days(holidays))
    said = f"expected on {working.day(day, start.year)}{end.note} → {end.shown}"
    return Due(end.at, None, said)


def shortened(due: Due, anchor: datetime, divisor: int) -> Due:
    """Bring a deadline nearer to its anchor, for demonstrations."""
    if divisor == 1:
        return due
    return Due(
        anchor + (due.due_at - anchor) / divisor,
        due.not_before and anchor + (due.not_before - anchor) / divisor,
        due.working and f"{due.working}, brought nearer for a demonstration",
    )


def _window(window: Window, start: Start, days: Days) -> Due:
    end = reach(window.within, start, days)
    first = earliest(window.not_before, start, days)
    return Due(
        end.at,
        min(first.at, end.at),
        f"{start.shown} + {first.amount} to {end.amount}{end.note} → {first.shown} to {end.shown}",
    )


def _of_age(counting: AgeAt | AcademicYear, start: Start) -> Due:
    born = f"born {working.date_alone(start.day)}"
    if isinstance(counting, AgeAt):
        day = birthday(start.day, counting.years)
        shown = f"start of {working.day(day, 0)}"
        said = f"{born}, {working.ordinal(counting.years)} birthday → {shown}"
        return Due(instant(day, datetime.min.time()), None, said)
    first, after = school_year(start.day, counting.year)
    said = f"{born}, school year {counting.year} starts {working.date_alone(first)}"
    if counting.point == "start":
        return Due(instant(first, datetime.min.time()), None, said)
    said = f"{said} → {working.end_of(after, 0)}"
    return Due(instant(after, datetime.min.time()), None, said)
