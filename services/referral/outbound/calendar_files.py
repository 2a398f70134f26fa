"""Working weeks from their file, and England's bank holidays from the library as far as somebody checked them."""

from datetime import date, time
from pathlib import Path
from typing import Annotated

import holidays
from pydantic import AfterValidator, Field

from services.referral.domain.calendars import BankHolidays, Calendar, Hours
from services.referral.outbound.data_files import DATA, Entry, read

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _week(hours: dict[str, str]) -> dict[str, str]:
    for days, span in hours.items():
        first, _, last = days.partition("-")
        if first not in _DAYS or (last or first) not in _DAYS:
            raise ValueError(f"{days!r} is not a day or a span of days such as mon-fri")
        opens, _, closes = span.partition("-")
        if time.fromisoformat(opens) >= time.fromisoformat(closes):
            raise ValueError(f"{days} closes before it opens")
    if not hours:
        raise ValueError("at least one day is open")
    return hours


class CalendarEntry(Entry):
    """One working week."""

    id: str
    title: str
    hours: Annotated[dict[str, str], AfterValidator(_week)]
    open_on_bank_holidays: bool
    closed: tuple[date, ...] = ()
    confidence: str = "V"

    def calendar(self) -> Calendar:
        """The week as the deadlines use it."""
        week: list[Hours | None] = [None] * 7
        for days, span in self.hours.items():
            first, _, last = days.partition("-")
            opens, _, closes = span.partition("-")
            hours = Hours(time.fromisoformat(opens), time.fromisoformat(closes))
            for index in range(_DAYS.index(first), _DAYS.index(last or first) + 1):
                week[index] = hours
        return Calendar(self.id, tuple(week), self.open_on_bank_holidays, frozenset(self.closed))


class BankHolidaysEntry(Entry):
    """How far the snapshot of bank holidays reaches."""

    division: str
    first_year: int
    until: date
    checked_on: date
    source: str
    added: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()

    def bank_holidays(self) -> BankHolidays:
        """The days of the official list, which moves those of a weekend to the next weekday and lists only that."""
        known = holidays.country_holidays(
            "GB", subdiv=self.division, years=range(self.first_year, self.until.year + 1)
        )
        listed = {day for day in known if day.weekday() < 5} | set(self.added)
        return BankHolidays(
            frozenset(day for day in listed if day <= self.until) - set(self.removed), self.until
        )


class CalendarsFile(Entry):
    """`calendars.yaml`."""

    bank_holidays: BankHolidaysEntry
    calendars: Annotated[tuple[CalendarEntry, ...], Field(min_length=1)]


def read_calendars(folder: Path = DATA) -> tuple[dict[str, Calendar], BankHolidays]:
    """Every calendar by its id, and the bank holidays. Raises `DataError`."""
    said = read(folder / "calendars.yaml", CalendarsFile)
    return {
        entry.id: entry.calendar() for entry in said.calendars
    }, said.bank_holidays.bank_holidays()
