"""Working weeks from their file, and bank holidays from the library as far as somebody checked them."""

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Annotated, Self

import holidays
from pydantic import AfterValidator, Field, model_validator

from services.referral.domain.calendars import SATURDAY, BankHolidays, Calendar, Hours
from services.referral.outbound.data_files import DATA, Entry, read

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _hours(span: str) -> str:
    """From one time to another; `24:00` is the midnight at which the day ends."""
    opens, _, closes = span.partition("-")
    if closes != "24:00" and time.fromisoformat(opens) >= time.fromisoformat(closes):
        raise ValueError(f"{span} closes before it opens")
    return span


def _week(hours: dict[str, str]) -> dict[str, str]:
    said: list[int] = []
    for days in hours:
        first, _, last = days.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError(f"{days!r} is not a day or a span of days such as mon-fri")
        said += _indexes(days)
    if not said:
        raise ValueError("at least one day is open")
    if len(set(said)) != len(said):
        raise ValueError("a day has two sets of opening hours")
    return hours


def _indexes(days: str) -> Iterator[int]:
    first, _, last = days.partition("-")
    yield from range(_DAYS.index(first), _DAYS.index(last or first) + 1)


Span = Annotated[str, AfterValidator(_hours)]


class CalendarEntry(Entry):
    """One working week."""

    id: str
    title: str
    called: Annotated[str, Field(pattern=r"^[a-z][a-z -]{1,30}$")]
    """What a sentence calls a team with this week: `practice`."""
    hours: Annotated[dict[str, Span], AfterValidator(_week)]
    open_on_bank_holidays: bool
    closed: tuple[date, ...] = ()
    open: dict[date, Span] = Field(default_factory=dict)
    """Days on which it is open in addition, or at other times."""
    confidence: str = "V"

    @model_validator(mode="after")
    def _open_or_closed(self) -> Self:
        both = sorted(set(self.closed) & self.open.keys())
        if both:
            raise ValueError(f"{both[0]} is said to be closed and to be open")
        return self

    def calendar(self) -> Calendar:
        """The week as the deadlines use it."""
        week: list[Hours | None] = [None] * 7
        for days, span in self.hours.items():
            for index in _indexes(days):
                week[index] = _opening(span)
        return Calendar(
            self.id,
            tuple(week),
            self.open_on_bank_holidays,
            frozenset(self.closed),
            {day: _opening(span) for day, span in self.open.items()},
            self.called,
        )


def _opening(span: str) -> Hours:
    opens, _, closes = span.partition("-")
    return Hours(
        time.fromisoformat(opens), time.min if closes == "24:00" else time.fromisoformat(closes)
    )


class SnapshotEntry(Entry):
    """How far a snapshot of bank holidays reaches."""

    country: str
    division: str | None = None
    first_year: int
    until: date
    checked_on: date
    source: str
    added: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()

    def days(self) -> frozenset[date]:
        """The weekdays of the official list, which moves those of a weekend and lists the day they move to."""
        known = holidays.country_holidays(
            self.country, subdiv=self.division, years=range(self.first_year, self.until.year + 1)
        )
        listed = {day for day in known if day.weekday() < SATURDAY} | set(self.added)
        return frozenset(day for day in listed if day <= self.until) - set(self.removed)


class CalendarsFile(Entry):
    """`calendars.yaml`."""

    bank_holidays: SnapshotEntry
    federal_holidays: SnapshotEntry
    calendars: Annotated[tuple[CalendarEntry, ...], Field(min_length=1)]

    def holidays(self) -> BankHolidays:
        """Both snapshots, as far as both reach."""
        until = min(self.bank_holidays.until, self.federal_holidays.until)
        return BankHolidays(self.bank_holidays.days(), until, self.federal_holidays.days())


def read_calendars(folder: Path = DATA) -> tuple[dict[str, Calendar], BankHolidays]:
    """Every calendar by its id, and the bank holidays. Raises `DataError`."""
    said = read(folder / "calendars.yaml", CalendarsFile)
    return {entry.id: entry.calendar() for entry in said.calendars}, said.holidays()
