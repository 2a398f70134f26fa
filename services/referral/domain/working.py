"""The words that show how a deadline was counted, in local time."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from services.referral.domain.calendars import ONE_DAY

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SPANS_SHOWN = 4


@lru_cache(maxsize=8192)
def day(on: date, year: int) -> str:
    """`Thu 24 Dec`, with the year when it is not `year`."""
    return f"{_WEEKDAYS[on.weekday()]} {_short(on)}{f' {on.year}' if on.year != year else ''}"


@lru_cache(maxsize=8192)
def date_alone(on: date) -> str:
    """`14 Mar 2009`."""
    return f"{_short(on)} {on.year}"


def moment(local: datetime, year: int) -> str:
    """`Thu 24 Dec 16:45`, with the year when it is not `year`."""
    return f"{day(local.date(), year)} {_CLOCK[local.hour * 60 + local.minute]}"


def end_of(after: date, year: int) -> str:
    """`end of Thu 24 Dec`, for the midnight with which the day after it starts."""
    return f"end of {day(after - ONE_DAY, year)}"


def ordinal(number: int) -> str:
    """`16th`."""
    if 10 < number % 100 < 14:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def many(count: int, noun: str) -> str:
    """`1 week`, `6 weeks`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


@lru_cache(maxsize=8192)
def spans(days: tuple[date, ...]) -> str:
    """Days in order, those that follow each other together: `25 to 28 Dec and 1 Jan`."""
    runs: list[list[date]] = []
    for on in days:
        if runs and on - runs[-1][1] == ONE_DAY:
            runs[-1][1] = on
        else:
            runs.append([on, on])
    shown = [_span(first, last) for first, last in runs[:_SPANS_SHOWN]]
    rest = sum((last - first).days + 1 for first, last in runs[_SPANS_SHOWN:])
    if rest:
        shown.append(many(rest, "more day"))
    return joined(shown)


def joined(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


def _span(first: date, last: date) -> str:
    if first == last:
        return _short(first)
    start = str(first.day) if first.month == last.month else _short(first)
    return f"{start} to {_short(last)}"


def _short(on: date) -> str:
    return f"{on.day} {_MONTHS[on.month - 1]}"


_CLOCK = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60))
