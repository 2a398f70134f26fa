"""Instants out of what hospitals write: local time without an offset is Europe/London (C4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

FURTHEST_AHEAD = timedelta(days=366)
"""A time further ahead of its receipt than this is a slip of the keyboard."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""A sender's clock may run this far ahead of ours without remark."""

Trouble = Literal["", "unreadable", "date-only", "ambiguous", "gap"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One time as sent, at one place of a message."""

    place: str
    """Where it was written, for example `PV1-45`; names the flag."""
    at: datetime | None
    """UTC; None when no instant can be told from it."""
    trouble: Trouble = ""


def from_wall_clock(naive: datetime, zone: ZoneInfo = LONDON) -> tuple[datetime, Trouble]:
    """Read a time as the clock on the wall shows it; returns it in UTC.

    The hour that comes twice is read as its first, which gives the earlier deadline; the hour that is skipped is
    moved forward. Both are marked.
    """
    local = naive.replace(tzinfo=zone)
    at = local.astimezone(UTC)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        skipped = at.astimezone(zone).replace(tzinfo=None) != naive
        return at, "gap" if skipped else "ambiguous"
    return at, ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The instant that stands, and what was wrong with it or with those before it."""

    at: datetime
    flags: tuple[str, ...]


def choose(candidates: Sequence[Moment], received_at: datetime) -> Chosen:
    """The first usable instant; when there is none, the time of receipt.

    A candidate whose `at` is None without trouble was simply not sent: no flag.
    """
    flags: list[str] = []
    for moment in candidates:
        if moment.trouble:
            flags.append(f"time-{moment.trouble}:{moment.place}")
        if moment.at is None:
            continue
        if moment.at <= received_at + CLOCKS_DIFFER:
            return Chosen(moment.at, tuple(flags))
        flags.append(f"time-in-future:{moment.place}")
        if moment.at <= received_at + FURTHEST_AHEAD:
            return Chosen(moment.at, tuple(flags))
    return Chosen(received_at, (*flags, "time-of-receipt"))
