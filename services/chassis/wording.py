"""How pages tell times, names and numbers."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def when(moment: datetime | None) -> str:
    """`Tue 24 Nov, 10:00` on London's clock; the year is added when it is not this year there."""
    if moment is None:
        return ""
    return f"{day(moment)}, {moment.astimezone(LONDON):%H:%M}"


def deadline(moment: datetime | None) -> str:
    """As `when`; midnight is told as people count, `end of Mon 23 Nov`, so that nobody takes it for the day after."""
    if moment is None or moment.astimezone(LONDON).time() != time():
        return when(moment)
    return f"end of {day(moment - timedelta(microseconds=1))}"


def day(moment: datetime | None) -> str:
    """`Tue 24 Nov` on London's clock; with the year when it is not this year there."""
    if moment is None:
        return ""
    if moment.tzinfo is None:
        raise ValueError("a time on a page needs its offset")
    local = moment.astimezone(LONDON)
    year = "" if local.year == datetime.now(LONDON).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}"


def nhs_number(number: str | None) -> str:
    """In the groups 3, 3, 4 that people read out, kept on one line."""
    digits = "".join(character for character in number or "" if character.isdigit())
    return "\u00a0".join((digits[:3], digits[3:6], digits[6:])) if len(digits) == 10 else digits


def person_name(name: Mapping[str, Any] | Any) -> str:
    """`SURNAME, Given` of something with `family` and `given`."""
    get = name.get if isinstance(name, Mapping) else lambda part: getattr(name, part, "")
    family, given = str(get("family") or ""), str(get("given") or "")
    return ", ".join(part for part in (family.upper(), given) if part)
