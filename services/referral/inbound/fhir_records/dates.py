"""What `_lastUpdated` asks for: a prefix and a time, which covers as long a span as it is vague."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.chassis.errors import Refusal
from services.referral.usecases.record_views import EARLIEST, LATEST

_SITE = ZoneInfo("Europe/London")
_ASKED = re.compile(
    r"(?P<prefix>eq|ge|gt|sa|le|lt|eb)?(?P<day>\d{4}(?:-\d\d(?:-\d\d)?)?)"
    r"(?:T(?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?P<zone>Z|[+ -]\d\d:\d\d))?",
    re.ASCII,
)


class _BadDate(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "search.bad_date",
            "invalid",
            "_lastUpdated takes a prefix and a date, or a time with its offset, as in ge2026-11-22T09:00:00Z.",
        )


Span = tuple[datetime, datetime]
"""From the first instant that counts to the first that does not count any more."""


def read_span(text: str) -> Span:
    """The instants that one bound allows. Raises `Refusal` for what is no FHIR date."""
    asked = _ASKED.fullmatch(text)
    if asked is None:
        raise _BadDate
    try:
        begins, ends = _covered(asked["day"], asked["clock"], asked["zone"])
    except (ValueError, OverflowError):
        raise _BadDate from None
    return {
        "ge": (begins, LATEST),
        "gt": (ends, LATEST),
        "sa": (ends, LATEST),
        "le": (EARLIEST, ends),
        "lt": (EARLIEST, begins),
        "eb": (EARLIEST, begins),
    }.get(asked["prefix"] or "eq", (begins, ends))


def _covered(day: str, clock: str | None, zone: str | None) -> Span:
    if clock is None:
        first, following = _days(day)
        return _midnight(first), _midnight(following)
    # An unescaped plus sign in an address arrives as a space.
    offset = "+00:00" if zone == "Z" else (zone or "").replace(" ", "+")
    begins = datetime.fromisoformat(f"{day}T{clock}{offset}").astimezone(UTC)
    _, _, fraction = clock.partition(".")
    if fraction:
        return begins, begins + timedelta(microseconds=10 ** (6 - len(fraction)))
    to_the_second = clock.count(":") == 2
    return begins, begins + (timedelta(seconds=1) if to_the_second else timedelta(minutes=1))


def _days(text: str) -> tuple[date, date]:
    """The first day that is meant, and the first that is not meant any more."""
    year, month, day = (int(part) for part in [*text.split("-"), "0", "0"][:3])
    first = date(year, month or 1, day or 1)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, date(year + month // 12, month % 12 + 1, 1)
    return first, date(year + 1, 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_SITE).astimezone(UTC)
