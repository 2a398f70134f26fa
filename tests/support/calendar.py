"""Deadlines told on a wall calendar, in another way than the product tells them."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

LONDON = ZoneInfo("Europe/London")
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@cache
def bank_holidays(day: date) -> bool:
    return day in holidays.country_holidays("GB", subdiv="ENG", years=day.year)


def week_later(at: datetime) -> datetime:
    """The same time on the wall, seven days on."""
    return (at.astimezone(LONDON).replace(tzinfo=None) + 7 * _DAY).replace(tzinfo=LONDON)


def open_hours_later(at: datetime, hours: int, closed: Callable[[date], bool]) -> datetime:
    """So many hours on, counted minute by minute on days that are not closed."""
    left = hours * 60
    while left:
        left -= not closed(at.astimezone(LONDON).date())
        at += _MINUTE
    return at


def close_of_working_day(at: datetime, days: int, closes: time) -> datetime:
    """The close of the so many-th working day after today."""
    day = at.astimezone(LONDON).date()
    while days:
        day += _DAY
        days -= day.isoweekday() < 6 and not bank_holidays(day)
    return datetime.combine(day, closes, LONDON)


def pharmacy_is_closed(day: date) -> bool:
    around_christmas = (day.month, day.day) in ((12, 25), (12, 26))
    return day.isoweekday() == 7 or bank_holidays(day) or around_christmas
