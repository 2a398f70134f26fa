"""Dates that hang on a birth or on the length of a month."""

from calendar import monthrange
from datetime import date

_SEPTEMBER = 9
_AGE_IN_YEAR_ONE = 6
"""How old a child becomes in school year 1."""


def birthday(born: date, years: int) -> date:
    """The day on which an age is reached; 1 March for a birth on 29 February when the year is a common one."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def school_year(born: date, year: int) -> tuple[date, date]:
    """The first day of a school year, and of the one after it: the year in which the child turns 14 is year 9."""
    turns = birthday(born, year + _AGE_IN_YEAR_ONE - 1)
    first = turns.year if turns.month >= _SEPTEMBER else turns.year - 1
    return date(first, _SEPTEMBER, 1), date(first + 1, _SEPTEMBER, 1)


def months_later(day: date, months: int) -> date:
    """The same day of a later month (earlier, if negative), or the last day of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
