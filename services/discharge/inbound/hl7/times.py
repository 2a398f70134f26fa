"""Times as HL7 v2 writes them: YYYY[MM[DD[HH[MM[SS[.S]]]]]][+/-ZZZZ] (C4)."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.discharge.domain.times import LONDON, Moment, Trouble, from_wall_clock

_STAMP = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?)?)?)?)?([+-]\d{4})?\Z",
    re.ASCII,
)


def read_moment(text: str, place: str, zone: ZoneInfo = LONDON) -> Moment:
    """An instant; a date alone is no instant, because midnight would be a guess.

    A time without an offset is what the clock on the wall of `zone` shows.
    """
    return Moment(place, *_instant(text, zone))


@lru_cache(maxsize=4096)
def _instant(text: str, zone: ZoneInfo) -> tuple[datetime | None, Trouble]:
    """Cached: one message says the same time in several places, and its neighbours too."""
    if not text or text == '""':
        return None, ""
    found = _STAMP.match(text)
    if not found:
        return None, "unreadable"
    year, month, day, hour, minute, second, part, offset = found.groups()
    try:
        if hour is None:
            datetime(int(year), int(month or 1), int(day or 1))  # noqa: DTZ001  (a check only)
            return None, "date-only"
        wall = datetime(  # noqa: DTZ001  (the zone is decided below)
            int(year), int(month), int(day), int(hour), int(minute or 0), int(second or 0),
            int((part or "0").ljust(6, "0")),
        )  # fmt: skip
        if offset is None:
            return from_wall_clock(wall, zone)
        return wall.replace(tzinfo=_zone(offset)).astimezone(UTC), ""
    except (ValueError, OverflowError):
        return None, "unreadable"


def read_date(text: str) -> tuple[str | None, str]:
    """An ISO date, and what is wrong: empty, `partial` or `unreadable`."""
    if not text or text == '""':
        return None, ""
    if text.isdigit() and len(text) in {4, 6}:
        return None, "partial"
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat(), ""
    except ValueError:
        return None, "unreadable"


def write_time(at: datetime) -> str:
    """An instant for MSH-7, in UTC."""
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S+0000")


def _zone(offset: str) -> timezone:
    hours, minutes = int(offset[1:3]), int(offset[3:5])
    if minutes > 59:
        raise ValueError("no such offset")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if offset[0] == "-" else ahead)
