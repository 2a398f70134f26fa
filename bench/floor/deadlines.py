"""When the floor's four tasks are due, when silence about them is first said, and how that was counted, in words."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays

DAY = timedelta(days=1)
_LONDON = ZoneInfo("Europe/London")
_CLOSED = holidays.country_holidays("GB", subdiv="ENG")


class Due(NamedTuple):
    """A deadline that is counted from now, as text."""

    due: str
    rings: str
    """Half of the time later."""
    working: str


class Times(NamedTuple):
    """What all handovers of a batch share."""

    now: str
    tomorrow: str
    pharmacy: Due
    week: Due


def from_now(now: datetime) -> Times:
    """Deadlines of what is opened now."""
    local = now.astimezone(_LONDON)
    begins, next_week = _moment(local, local.year), local + 7 * DAY
    words = f"before the next prescription, at the latest {begins} + 1 week → {_moment(next_week, local.year)}"
    return Times(
        shown(now),
        shown(now + DAY),
        _due(now, *_open_hours_later(now, 72)),
        _due(now, next_week.astimezone(UTC), words),
    )


def elapsed(at: datetime) -> tuple[str, str]:
    """The words for 24 hours from then, and for 24 to 72 hours."""
    local, first, last = (each.astimezone(_LONDON) for each in (at, at + DAY, at + 3 * DAY))
    begins, next_day = _moment(local, local.year), _moment(first, local.year)
    return (
        f"{begins} + 24 h{_clocks(local, first)} → {next_day}",
        f"{begins} + 24 h to 72 h{_clocks(local, last)} → {next_day} to {_moment(last, local.year)}",
    )


def shown(at: datetime) -> str:
    """As referral's events and the tables take it."""
    return f"{at.isoformat()[:-6]}Z"


def _due(now: datetime, at: datetime, working: str) -> Due:
    return Due(shown(at), shown(now + (at - now) * 0.5), working)


def _open_hours_later(at: datetime, hours: int) -> tuple[datetime, str]:
    """Elapsed hours without Sundays and bank holidays, and the words for them."""
    left, local = timedelta(hours=hours), at.astimezone(_LONDON)
    day, begins, closed = local.date(), _moment(local, local.year), list[date]()
    while True:
        midnight = datetime.combine(day + DAY, time.min, _LONDON).astimezone(UTC)
        if day.weekday() == 6 or day in _CLOSED:
            closed.append(day)
        elif at + left <= midnight:
            break
        else:
            left -= midnight - at
        at, day = midnight, day + DAY
    end = at + left
    last = (
        f"end of {_day(day, local.year)}"
        if end == midnight
        else _moment(end.astimezone(_LONDON), local.year)
    )
    note = f", pharmacy closed {_spans(closed)}" if closed else ""
    return end, f"{begins} + {hours} h{note} → {last}"


def _moment(local: datetime, year: int) -> str:
    return f"{_day(local.date(), year)} {local.hour:02}:{local.minute:02}"


@cache
def _day(on: date, year: int) -> str:
    return f"{on:%a} {on.day} {on:%b}{'' if on.year == year else f' {on.year}'}"


def _spans(days: list[date]) -> str:
    """`25 to 28 Dec and 1 Jan`."""
    firsts = [days[0], *(on for before, on in pairwise(days) if on - before > DAY)]
    lasts = [*(before for before, on in pairwise(days) if on - before > DAY), days[-1]]
    runs = [_run(*ends) for ends in zip(firsts, lasts, strict=True)]
    return " and ".join([", ".join(runs[:-1]), runs[-1]] if runs[1:] else runs)


def _run(first: date, last: date) -> str:
    end = f"{last.day} {last:%b}"
    if first == last:
        return end
    return (
        f"{first.day} to {end}" if first.month == last.month else f"{first.day} {first:%b} to {end}"
    )


def _clocks(local: datetime, later: datetime) -> str:
    """That the clocks change on the way, and when."""
    before = local.utcoffset()
    if later.utcoffset() == before:
        return ""
    midnight = datetime.combine(local.date(), time.min, _LONDON)
    while (midnight + DAY).utcoffset() == before:
        midnight += DAY
    way = "back" if local.dst() else "forward"
    return f", clocks go {way} {_day(midnight.date(), local.year)}"
