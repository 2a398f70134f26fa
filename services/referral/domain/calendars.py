"""When teams work: hours by weekday, days they are closed or open in addition, and bank holidays as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of one day, local time."""

    opens: time
    closes: time
    """Midnight is the one at which the day ends."""


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """Snapshots of the official lists: weekdays only, complete up to and including `until`."""

    days: frozenset[date]
    """Those of England."""
    until: date
    federal: frozenset[date] = frozenset()
    """Federal holidays of the United States, for the one kind of counting that is defined by them."""

    def days_left(self, today: date) -> int:
        """How far ahead the snapshot reaches; negative once it has run out."""
        return (self.until - today).days


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of a team, in UTC."""

    starts: datetime
    ends: datetime
    opens: datetime | None
    """None: closed all day."""
    closes: datetime | None
    working: bool
    """Monday to Friday and no bank holiday, whoever is open."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working week of a team."""

    id: str
    week: tuple[Hours | None, ...]
    """Monday first; None: closed."""
    open_on_bank_holidays: bool
    closed_days: frozenset[date] = frozenset()
    """Days on which this team is closed though its week says otherwise."""
    open_days: Mapping[date, Hours] = field(default_factory=dict, hash=False)
    """Days on which it is open, with these hours, though its week or a bank holiday says otherwise."""
    called: str = "team"
    """What a sentence calls such a team: `practice`."""
    _days: "dict[BankHolidays, Days]" = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a week has seven days and at least one of them is open")

    def hours_on(self, day: date, holidays: BankHolidays) -> Hours | None:
        """Opening hours on a local date; None when closed all day."""
        if day in self.closed_days:
            return None
        if day in self.open_days:
            return self.open_days[day]
        if not self.open_on_bank_holidays and day in holidays.days:
            return None
        return self.week[day.weekday()]

    def days(self, holidays: BankHolidays) -> "Days":
        """Its days, each worked out once and kept."""
        days = self._days.get(holidays)
        if days is None:
            days = self._days[holidays] = Days(self, holidays)
        return days


class Days(dict[date, Day]):
    """The days of one calendar, worked out when they are first asked for."""

    def __init__(self, calendar: Calendar, holidays: BankHolidays) -> None:
        self.calendar = calendar
        self.holidays = holidays

    def __missing__(self, day: date) -> Day:
        hours = self.calendar.hours_on(day, self.holidays)
        ends = instant(day + ONE_DAY, time.min)
        closes = None
        if hours is not None:
            closes = ends if hours.closes == time.min else instant(day, hours.closes)
        made = self[day] = Day(
            starts=instant(day, time.min),
            ends=ends,
            opens=None if hours is None else instant(day, hours.opens),
            closes=closes,
            working=day.weekday() < SATURDAY and day not in self.holidays.days,
        )
        return made


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
    days = calendar.days(holidays)
    day, last = local_date(start), local_date(end)
    while day <= last:
        hours = days[day]
        if hours.opens and hours.closes and hours.opens < end and hours.closes > start:
            return True
        day += ONE_DAY
    return False
