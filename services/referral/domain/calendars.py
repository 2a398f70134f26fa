"""When teams work: hours by weekday, days they are closed, and bank holidays as data."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of one day, local time."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """A snapshot of the official list for England: weekdays only, complete up to and including `until`."""

    days: frozenset[date]
    until: date

    def days_left(self, today: date) -> int:
        """How far ahead the snapshot reaches; negative once it has run out."""
        return (self.until - today).days


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working week of a team."""

    id: str
    week: tuple[Hours | None, ...]
    """Monday first; None: closed."""
    open_on_bank_holidays: bool
    closed_days: frozenset[date] = frozenset()
    """Days on which this team is closed though its week says otherwise."""

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a week has seven days and at least one of them is open")

    def hours_on(self, day: date, holidays: BankHolidays) -> Hours | None:
        """Opening hours on a local date; None when closed all day."""
        if day in self.closed_days or (not self.open_on_bank_holidays and day in holidays.days):
            return None
        return self.week[day.weekday()]


def local_date(at: datetime) -> date:
    """The date in England at an instant."""
    return at.astimezone(LONDON).date()


def instant(day: date, at: time) -> datetime:
    """The UTC instant of a local wall-clock time.

    An hour that comes twice is read as its first coming, the earlier deadline; an hour that is left out moves
    forward (domain rule C4).
    """
    return datetime.combine(day, at.replace(fold=0), LONDON).astimezone(UTC)


def open_within(calendar: Calendar, holidays: BankHolidays, start: datetime, end: datetime) -> bool:
    """Whether a team is open at any moment from `start` until `end` (aware)."""
    day, last = local_date(start), local_date(end)
    while day <= last:
        hours = calendar.hours_on(day, holidays)
        if hours and instant(day, hours.opens) < end and instant(day, hours.closes) > start:
            return True
        day += ONE_DAY
    return False
