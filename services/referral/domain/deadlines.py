"""Deadlines: from an anchor in time to the instant something is due, by five kinds of counting (B0)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from services.referral.domain.calendars import (
    LONDON,
    ONE_DAY,
    BankHolidays,
    Calendar,
    instant,
    local_date,
)

Roll = Literal["none", "preceding"]
"""What to do when the owner is closed on the day; never `following`, which would make a safety rule late."""


@dataclass(frozen=True, slots=True)
class ClockHours:
    """Elapsed hours on the UTC line: bank holidays and clock changes do not stop them."""

    hours: int


@dataclass(frozen=True, slots=True)
class OpenDayHours:
    """Elapsed hours, of which whole local days on which the owner is closed are left out."""

    hours: int


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Monday to Friday without bank holidays, the anchor's day being day 0; due at the owner's close on day n."""

    days: int
    roll: Roll = "none"


@dataclass(frozen=True, slots=True)
class CalendarWeeks:
    """The same local time, so many weeks later."""

    weeks: int


@dataclass(frozen=True, slots=True)
class Window:
    """Elapsed hours again: not before the one, not after the other."""

    after_hours: int
    within_hours: int


Counting = ClockHours | OpenDayHours | WorkingDays | CalendarWeeks | Window


@dataclass(frozen=True, slots=True)
class Due:
    """When something may be done, and by when it must be. Both UTC."""

    due_at: datetime
    not_before: datetime | None = None
    working: str = field(default="", compare=False)
    """How it was counted, in words, in local time."""


def due(counting: Counting, anchor: datetime, calendar: Calendar, holidays: BankHolidays) -> Due:
    """Count from `anchor` (aware) in the owner's `calendar`."""
    anchor = anchor.astimezone(UTC)
    match counting:
        case ClockHours(hours):
            return Due(anchor + timedelta(hours=hours))
        case Window(after_hours, within_hours):
            return Due(
                anchor + timedelta(hours=within_hours), anchor + timedelta(hours=after_hours)
            )
        case CalendarWeeks(weeks):
            local = anchor.astimezone(LONDON)
            return Due(instant(local.date() + timedelta(weeks=weeks), local.time()))
        case OpenDayHours(hours):
            return Due(_after_open_hours(anchor, hours, calendar, holidays))
        case WorkingDays(days, roll):
            return Due(_close_of_working_day(anchor, days, roll, calendar, holidays))


def shortened(due: Due, anchor: datetime, divisor: int) -> Due:
    """Bring a deadline nearer to its anchor, for demonstrations."""
    if divisor == 1:
        return due
    return Due(
        anchor + (due.due_at - anchor) / divisor,
        due.not_before and anchor + (due.not_before - anchor) / divisor,
        due.working,
    )


def _after_open_hours(
    anchor: datetime, hours: int, calendar: Calendar, holidays: BankHolidays
) -> datetime:
    left = timedelta(hours=hours)
    day, now = local_date(anchor), anchor
    while True:
        midnight = instant(day + ONE_DAY, time.min)
        if calendar.hours_on(day, holidays) is not None:
            if now + left <= midnight:
                return now + left
            left -= midnight - now
        day, now = day + ONE_DAY, midnight


def _close_of_working_day(
    anchor: datetime, days: int, roll: Roll, calendar: Calendar, holidays: BankHolidays
) -> datetime:
    first = local_date(anchor)
    day = _nth_working_day(first, days, holidays)
    hours = calendar.hours_on(day, holidays)
    while hours is None and roll == "preceding" and day - ONE_DAY > first:
        day -= ONE_DAY
        hours = calendar.hours_on(day, holidays)
    if hours is None:
        return instant(day + ONE_DAY, time.min)
    return instant(day, hours.closes)


def _nth_working_day(day: date, days: int, holidays: BankHolidays) -> date:
    while days:
        day += ONE_DAY
        if day.weekday() < 5 and day not in holidays.days:
            days -= 1
    return day
