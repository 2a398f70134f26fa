"""A second way to count deadlines, slow and simple: it walks from minute to minute over tables written out here.

It shares nothing with the engine, neither time zones nor calendars nor bank holidays, so that both agree only if both
are right.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _days(text: str) -> set[date]:
    return {date.fromisoformat(day) for day in text.split()}


ENGLAND = _days(
    """
    2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
    2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
    2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26
    """
)
UNITED_STATES = _days(
    """
    2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 2026-11-26
    2026-12-25 2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-10-11 2027-11-11
    2027-11-25 2027-12-24 2027-12-31 2028-01-17 2028-02-21 2028-05-29 2028-06-19 2028-07-04 2028-09-04 2028-10-09
    2028-11-10 2028-11-23 2028-12-25
    """
)
Span = tuple[str, str] | None
Says = Mapping[str, Any]


def _week(hours: str, days: int = 5) -> Callable[[date], Span]:
    opens, closes = hours.split("-")
    return lambda day: (opens, closes) if day.weekday() < days and day not in ENGLAND else None


def _but(week: Callable[[date], Span], other: Mapping[str, Span]) -> Callable[[date], Span]:
    return lambda day: other[day.isoformat()] if day.isoformat() in other else week(day)


OPEN: Mapping[str, Callable[[date], Span]] = {
    "every-day": lambda _: ("08:00", "20:00"),
    "around-the-clock": lambda _: ("00:00", "24:00"),
    "practice-core-hours": _week("08:00-18:30"),
    "office-hours": _week("09:00-17:00"),
    "pharmacy-six-days": _but(_week("09:00-18:00", 6), {"2026-12-26": None, "2027-12-25": None}),
    "training-day": _but(
        _week("09:00-17:00"), {"2026-11-26": None, "2026-11-28": ("10:00", "14:00")}
    ),
    "short-fridays": lambda day: (
        ("08:30", "13:00")
        if day.weekday() == 4 and day not in ENGLAND
        else _week("08:30-18:00")(day)
    ),
    "flu-clinic": _but(_week("08:00-18:30"), {"2026-12-28": ("09:00", "12:00")}),
}


@lru_cache
def _summer(year: int) -> tuple[datetime, datetime]:
    """From the last Sunday of March to that of October, each at 01:00 UTC."""
    ends = []
    for month in (3, 10):
        day = date(year, month, 31)
        while day.weekday() != 6:
            day -= DAY
        ends.append(datetime.fromisoformat(f"{day} 01:00"))
    return ends[0], ends[1]


def wall(utc: datetime) -> datetime:
    """What the clock on the wall shows; both naive."""
    starts, ends = _summer(utc.year)
    return utc + HOUR if starts <= utc < ends else utc


def utc_of(local: str, day: date | None = None) -> datetime:
    """The first minute at which the wall shows it; one that it never shows is an hour later on the wall."""
    if day is not None:
        local = f"{day.isoformat()} {local}"
    text, second = local.removesuffix(" GMT"), local.endswith(" GMT")
    on, at = text.split(" ")
    shown = datetime.fromisoformat(on) + int(at[:2]) * HOUR + int(at[3:]) * MINUTE
    found = [at for at in (shown - HOUR, shown) if wall(at) == shown]
    return found[-1 if second else 0] if found else shown


def count(kind: str, says: Says, anchor: datetime, of: str) -> tuple[datetime | None, datetime]:
    """Not before and due, in naive UTC."""
    if kind == "window":
        parts = says.get("parts") or [
            {"kind": "clock_hours", "hours": says["after_hours"]},
            {"kind": "clock_hours", "hours": says["within_hours"]},
        ]
        first, last = (count(part["kind"], part, anchor, of)[1] for part in parts)
        return _opening(parts[0]["kind"], parts[0], first, of), last
    if kind == "before_planned":
        return None, _WALKS[says["by"]["kind"]](says["by"], anchor, of, -1)
    if kind == "after_planned":
        return None, _WALKS[says["by"]["kind"]](says["by"], anchor, of, 1)
    if kind == "before_event":
        return None, _WALKS[says["backstop"]["kind"]](says["backstop"], anchor, of, 1)
    return None, _WALKS[kind](says, anchor, of, 1)


def _opening(kind: str, says: Says, reached: datetime, of: str) -> datetime:
    if "hours" in says or says.get("keeps_time"):
        return reached
    day = wall(reached - MINUTE).date()
    span = OPEN[of](day)
    return utc_of(span[0] if kind == "working_days" and span else "00:00", day)


def _hours(says: Says, anchor: datetime, _: str, way: int) -> datetime:
    for _ in range(says["hours"]):
        anchor += way * HOUR
    return anchor


def _open_hours(says: Says, anchor: datetime, of: str, _: int) -> datetime:
    left = says["hours"] * 60
    while left:
        left -= OPEN[of](wall(anchor).date()) is not None
        anchor += MINUTE
    return anchor


def _working_days(says: Says, anchor: datetime, of: str, way: int) -> datetime:
    first = wall(anchor).date()
    day = _nth(first, says["days"], way, ENGLAND)
    day = _rolled(day, first, says["roll"], of)
    span = OPEN[of](day)
    return utc_of(span[1] if span else "24:00", day)


def _business_days(says: Says, anchor: datetime, _: str, way: int) -> datetime:
    return utc_of("24:00", _nth(wall(anchor).date(), says["days"], way, UNITED_STATES))


def _nth(day: date, nth: int, way: int, holidays: set[date]) -> date:
    for _ in range(nth):
        day += way * DAY
        while day.strftime("%a") in ("Sat", "Sun") or day in holidays:
            day += way * DAY
    return day


def _calendar(says: Says, anchor: datetime, of: str, way: int) -> datetime:
    first = day = wall(anchor).date()
    months = says.get("months", 0) + 12 * says.get("years", 0)
    for _ in range(says.get("days", 0) + 7 * says.get("weeks", 0)):
        day += way * DAY
    if months:
        day = day.replace(day=1)
        for _ in range(months):
            day = (day + 31 * DAY).replace(day=1) if way > 0 else (day - DAY).replace(day=1)
        month = day.month
        while day.day < first.day and (day + DAY).month == month:
            day += DAY
    day = _rolled(day, first, says.get("roll", "none"), of)
    return utc_of(wall(anchor).strftime("%H:%M") if says.get("keeps_time") else "24:00", day)


def _rolled(day: date, anchor: date, roll: str, of: str) -> date:
    before, after = [day], [day]
    while before[-1] - DAY > anchor or (day < anchor and len(before) < 60):
        before.append(before[-1] - DAY)
    while after[-1] + DAY < anchor or (day >= anchor and len(after) < 60):
        after.append(after[-1] + DAY)
    row = {"none": [day], "preceding": before, "following": after}[roll]
    return next((one for one in row if OPEN[of](one)), row[-1])


def _local_time(says: Says, anchor: datetime, _: str, __: int) -> datetime:
    today, days = wall(anchor).date(), says.get("days", 1)
    if days == 0 and utc_of(says["time"], today) >= anchor:
        return utc_of(says["time"], today)
    return utc_of(says["time"], _nth(today, max(days, 1), 1, ENGLAND))


def _age(says: Says, anchor: datetime, _: str, __: int) -> datetime:
    born = wall(anchor).date()
    day = date(born.year + says["years"], born.month, 1)
    while (day.month, day.day) < (born.month, born.day):
        day += DAY
    return utc_of("00:00", day)


def _school(says: Says, anchor: datetime, _: str, __: int) -> datetime:
    """Year 9 is the one in which the child turns 14: walk through school years until it is."""
    turns = wall(_age({"years": says["year"] + 5}, anchor, "", 1)).date()
    starts = date(2000, 9, 1)
    while not starts <= turns < starts.replace(year=starts.year + 1):
        starts = starts.replace(year=starts.year + 1)
    if says["point"] == "start":
        return utc_of("00:00", starts)
    return utc_of("24:00", date(starts.year + 1, 8, 31))


_WALKS: Mapping[str, Callable[[Says, datetime, str, int], datetime]] = {
    "clock_hours": _hours,
    "clock_hours_excluding_closed_days": _open_hours,
    "working_days": _working_days,
    "business_days_us": _business_days,
    "calendar_days": _calendar,
    "calendar_weeks": _calendar,
    "calendar_months": _calendar,
    "calendar_years": _calendar,
    "by_local_time": _local_time,
    "age_at": _age,
    "academic_year": _school,
}
