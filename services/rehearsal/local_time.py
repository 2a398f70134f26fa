"""Times as a story tells them: of the clock on the wall, Europe/London."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.rehearsal.errors import StoryError

LONDON = ZoneInfo("Europe/London")
_SUMMER = timedelta(hours=1)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)(?: (GMT|BST))?")
_LATER = re.compile(r"\+((?:\d+[wdhms] ?)+)")
_PIECE = re.compile(r"(\d+)([wdhms])")
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def read_moment(text: str) -> datetime:
    """The instant (UTC) of `2026-12-24 16:40`. In the hour that comes twice, GMT or BST behind it says which.

    Raises `StoryError`, also for an hour that does not exist.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise StoryError(f"{text!r} is no time: write it like 2026-12-24 16:40")
    day, wall, zone = found.groups()
    try:
        local = datetime.fromisoformat(f"{day} {wall}").replace(tzinfo=LONDON)
    except ValueError:
        raise StoryError(f"{text!r} is no day or no time of the day") from None
    moments = [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    fitting = [at for at in moments if at.astimezone(LONDON).replace(tzinfo=None) == _bare(local)]
    if zone is not None:
        summer = zone == "BST"
        fitting = [at for at in fitting if (at.astimezone(LONDON).dst() == _SUMMER) == summer]
    if not fitting:
        raise StoryError(f"{text!r} does not exist: the clocks change over it")
    return fitting[0]


def read_when(text: str, before: datetime) -> datetime:
    """The instant of a step: a time, or `+2h 30m` after the step before. Raises `StoryError`."""
    if found := _LATER.fullmatch(text.strip()):
        pieces = {_UNITS[unit]: int(number) for number, unit in _PIECE.findall(found[1])}
        return before + timedelta(**pieces)
    return read_moment(text)


def write_moment(at: datetime) -> str:
    """As `read_moment` takes it; seconds, and the name of the zone in October's double hour, only where needed."""
    local = at.astimezone(LONDON)
    wall = f"{local:%Y-%m-%d %H:%M}" + (f":{local:%S}" if local.second else "")
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{wall} {local.tzname()}" if twice else wall


def say_moment(at: datetime) -> str:
    """As a person reads it: `Sun 25 Oct 2026 09:15`."""
    return say_day(at) + write_moment(at)[10:]


def say_day(at: datetime) -> str:
    """Only the day: `Sun 25 Oct 2026`."""
    local = at.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b} {local.year}"


def _bare(local: datetime) -> datetime:
    return local.replace(tzinfo=None, fold=0)
