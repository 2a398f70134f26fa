"""Counting lengths of time from an anchor, in the days of the owner."""

from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import NamedTuple

from services.referral.domain import working
from services.referral.domain.birthdays import months_later
from services.referral.domain.calendars import LONDON, ONE_DAY, SATURDAY, Days, instant
from services.referral.domain.counting import (
    BusinessDaysUS,
    ByLocalTime,
    CalendarSpan,
    ClockHours,
    Offset,
    OpenDayHours,
    Roll,
    WorkingDays,
)

_ONE_DAY_EXACTLY = timedelta(hours=24)


class Start(NamedTuple):
    """Where counting begins."""

    at: datetime
    """UTC."""
    local: datetime
    day: date
    year: int

    @property
    def shown(self) -> str:
        """`Thu 24 Dec 16:45`."""
        return working.moment(self.local, self.year)


class Reached(NamedTuple):
    """Where counting ends, and how to say it."""

    at: datetime
    """UTC."""
    amount: str
    """`72 h`."""
    note: str
    """What was left out on the way: `, pharmacy closed 25 to 28 Dec`."""
    shown: str
    """`Thu 31 Dec 16:45`."""


def reach(offset: Offset, start: Start, days: Days) -> Reached:
    """The end of a length of time that begins at `start`."""
    match offset:
        case ClockHours(hours):
            return _elapsed(start, timedelta(hours=hours), f"{hours} h", days)
        case OpenDayHours(hours):
            return _open_days(start, hours, days)
        case WorkingDays(count, roll):
            return _working_days(start, count, roll, days)
        case BusinessDaysUS(count):
            day, skipped = _weekdays(start.day, count, ONE_DAY, days.holidays.federal)
            amount = working.many(count, "US business day")
            shown = working.end_of(day + ONE_DAY, start.year)
            return Reached(days[day].ends, amount, _without(skipped), shown)
        case CalendarSpan():
            return _span(offset, start, 1, days)


def at_day(day: date, roll: Roll, start: Start, days: Days) -> Reached:
    """The end of a day that is known, or of the open day that `roll` takes instead: when the owner closes on it."""
    rolled = _rolled(day, start.day, roll, days)
    note = ""
    if rolled != day:
        note = f", {days.calendar.called} closed {working.day(day, start.year)}"
    at, shown = _close_of(rolled, start, days)
    return Reached(at, "", note, shown)


def back(offset: ClockHours | WorkingDays | CalendarSpan, start: Start, days: Days) -> Reached:
    """The beginning of a length of time that ends at `start`."""
    match offset:
        case ClockHours(hours):
            return _elapsed(start, -timedelta(hours=hours), f"{hours} h", days)
        case WorkingDays(count, roll):
            return _working_days(start, -count, roll, days)
        case CalendarSpan():
            return _span(offset, start, -1, days)


def earliest(offset: Offset, start: Start, days: Days) -> Reached:
    """The first moment of a window: where its first day begins, or the owner opens on it."""
    end = reach(offset, start, days)
    match offset:
        case CalendarSpan(_, _, keeps_time, _) if keeps_time:
            return end
        case CalendarSpan() | BusinessDaysUS() | WorkingDays():
            day = (end.at - timedelta(microseconds=1)).astimezone(LONDON).date()
            found = days[day]
            opens = found.opens if isinstance(offset, WorkingDays) else None
            if opens is None:
                return end._replace(
                    at=found.starts, shown=f"start of {working.day(day, start.year)}"
                )
            shown = working.moment(opens.astimezone(LONDON), start.year)
            return end._replace(at=opens, shown=shown)
        case _:
            return end


def next_time(counting: ByLocalTime, start: Start, days: Days) -> Reached:
    """The wall-clock time of a working day, or of this day while it is still to come."""
    day, count = start.day, counting.days
    at = instant(day, counting.at)
    if count == 0 and at < start.at:
        count = 1
    if count:
        day, _ = _weekdays(day, count, ONE_DAY, days.holidays.days)
        at = instant(day, counting.at)
    later = f"{working.many(count, 'working day')} later"
    amount = {0: "same day", 1: "next working day"}.get(count, later)
    return Reached(at, amount, "", _moment(at, start))


def _elapsed(start: Start, length: timedelta, amount: str, days: Days) -> Reached:
    at = start.at + length
    local = at.astimezone(LONDON)
    note = ""
    if local.utcoffset() != start.local.utcoffset():
        note = _clock_change(min(start.at, at), max(start.at, at), start.year, days)
    return Reached(at, amount, note, working.moment(local, start.year))


def _clock_change(first: datetime, last: datetime, year: int, days: Days) -> str:
    day = first.astimezone(LONDON).date()
    while (length := days[day].ends - days[day].starts) == _ONE_DAY_EXACTLY and days[
        day
    ].ends <= last:
        day += ONE_DAY
    which = "back" if length > _ONE_DAY_EXACTLY else "forward"
    return f", clocks go {which} {working.day(day, year)}"


def _open_days(start: Start, hours: int, days: Days) -> Reached:
    left, now, day, closed = timedelta(hours=hours), start.at, start.day, list[date]()
    while True:
        found = days[day]
        if found.opens is None:
            closed.append(day)
        elif now + left <= found.ends:
            break
        else:
            left -= found.ends - now
        now = found.ends
        day += ONE_DAY
    note = f", {days.calendar.called} closed {working.spans(tuple(closed))}" if closed else ""
    at = now + left
    shown = working.end_of(day + ONE_DAY, start.year) if at == found.ends else _moment(at, start)
    return Reached(at, f"{hours} h", note, shown)


def _working_days(start: Start, count: int, roll: Roll, days: Days) -> Reached:
    step = ONE_DAY if count > 0 else -ONE_DAY
    nth, skipped = _weekdays(start.day, abs(count), step, days.holidays.days)
    day = _rolled(nth, start.day, roll, days)
    note = _without(skipped)
    if day != nth:
        note += f", {days.calendar.called} closed {working.day(nth, start.year)}"
    at, shown = _close_of(day, start, days)
    return Reached(at, working.many(abs(count), "working day"), note, shown)


def _close_of(day: date, start: Start, days: Days) -> tuple[datetime, str]:
    found, end = days[day], working.end_of(day + ONE_DAY, start.year)
    if found.closes is None:
        return found.ends, end
    shown = _moment(found.closes, start) if found.closes != found.ends else end
    return found.closes, f"{shown}, when the {days.calendar.called} closes"


def _span(span: CalendarSpan, start: Start, sign: int, days: Days) -> Reached:
    day = _later(start.day, span, sign)
    note = ""
    if span.unit in ("month", "year") and day.day != start.day.day:
        note = ", the last day of that month"
    rolled = _rolled(day, start.day, span.roll, days)
    if rolled != day:
        note += f", {days.calendar.called} closed {working.day(day, start.year)}"
    amount = working.many(span.count, span.unit)
    if span.keeps_time:
        at = instant(rolled, start.local.time())
        return Reached(at, amount, note, _moment(at, start))
    return Reached(days[rolled].ends, amount, note, working.end_of(rolled + ONE_DAY, start.year))


def _later(day: date, span: CalendarSpan, sign: int) -> date:
    count = sign * span.count
    match span.unit:
        case "day":
            return day + timedelta(days=count)
        case "week":
            return day + timedelta(weeks=count)
        case "month":
            return months_later(day, count)
        case "year":
            return months_later(day, 12 * count)


def _rolled(day: date, anchor: date, roll: Roll, days: Days) -> date:
    """The day itself, or the nearest open one on the side that `roll` says, which never reaches the anchor's day."""
    if roll == "none":
        return day
    step, later = ONE_DAY if roll == "following" else -ONE_DAY, day >= anchor
    while days[day].opens is None:
        nearer = day + step
        if nearer <= anchor if later else nearer >= anchor:
            return day
        day = nearer
    return day


def _weekdays(
    day: date, count: int, step: timedelta, without: Container[date]
) -> tuple[date, list[date]]:
    """The nth day of Monday to Friday that is not among `without`, and the days that were passed over."""
    skipped = []
    while count:
        day += step
        if day.weekday() < SATURDAY and day not in without:
            count -= 1
        else:
            skipped.append(day)
    return day, skipped


def _without(skipped: list[date]) -> str:
    return f", without {working.spans(tuple(sorted(skipped)))}" if skipped else ""


def _moment(at: datetime, start: Start) -> str:
    return working.moment(at.astimezone(LONDON), start.year)
