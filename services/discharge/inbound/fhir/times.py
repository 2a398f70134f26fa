"""Times as FHIR writes them: an instant always has an offset, a date is no instant (C4)."""

import re
from datetime import UTC, date, datetime

from services.discharge.domain.times import Moment
from services.discharge.inbound.fhir.models import Period

_FINE = re.compile(r"\.(\d{1,6})\d*")


def read_moment(text: str | None, place: str) -> Moment:
    """An instant in UTC, or why there is none."""
    if not text:
        return Moment(place, None)
    if "T" not in text:
        return Moment(place, None, "date-only")
    try:
        at = datetime.fromisoformat(_FINE.sub(r".\1", text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return Moment(place, None, "unreadable")
    return Moment(place, at)


def read_date(text: str | None) -> tuple[str | None, str]:
    """An ISO date, and what is wrong: empty, `partial` or `unreadable`."""
    if not text:
        return None, ""
    if len(text) < 10:
        return None, "partial"
    try:
        return date.fromisoformat(text).isoformat(), ""
    except ValueError:
        return None, "unreadable"


def is_over(period: Period, day: str) -> bool:
    """Whether a period ended before an ISO day; one that ends at an unknown day of a month or year is not over in it."""
    end = (period.end or "")[:10]
    return bool(end) and end < day[: len(end)]
