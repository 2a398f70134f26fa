"""How a deadline is counted: one kind for each way in which the rules of care count time (B0)."""

from dataclasses import dataclass
from datetime import time
from typing import Literal

Roll = Literal["none", "preceding", "following"]
"""What to do when the owner is closed on the day: leave it, take the open day before, or the one after."""
Unit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class ClockHours:
    """Elapsed hours on the UTC line: bank holidays and clock changes do not stop them."""

    hours: int


@dataclass(frozen=True, slots=True)
class OpenDayHours:
    """Elapsed hours, of which whole local days on which the owner is closed are left out."""

    hours: int


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Monday to Friday without bank holidays, the anchor's day being day 0; due at the owner's close on day n."""

    days: int
    roll: Roll = "none"


@dataclass(frozen=True, slots=True)
class BusinessDaysUS:
    """Monday to Friday without federal holidays of the United States, whoever is open; due when day n ends."""

    days: int


@dataclass(frozen=True, slots=True)
class CalendarSpan:
    """So many days, weeks, months or years of the local calendar; a month that is too short ends with its last day.

    Due when that day ends, or at the anchor's local time.
    """

    count: int
    unit: Unit
    keeps_time: bool = False
    roll: Roll = "none"


Offset = ClockHours | OpenDayHours | WorkingDays | BusinessDaysUS | CalendarSpan
"""A length of time, of which windows and offsets are made."""


@dataclass(frozen=True, slots=True)
class ByLocalTime:
    """At a wall-clock time of the nth working day after the anchor's.

    With no days it is the same day if that time is still to come, else the next working day.
    """

    at: time
    days: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """Not before the one, not after the other, both from the anchor."""

    not_before: Offset
    within: Offset


@dataclass(frozen=True, slots=True)
class AgeAt:
    """Local midnight at which the birthday starts; the anchor is the birth.

    A birthday of 29 February is reached on 1 March of a common year.
    """

    years: int


@dataclass(frozen=True, slots=True)
class AcademicYear:
    """The start or the end of a school year, 1 September to 31 August; the anchor is the birth.

    In school year 9 the child turns 14.
    """

    year: int
    point: Literal["start", "end"] = "end"


@dataclass(frozen=True, slots=True)
class BeforePlanned:
    """Counted back from a planned date that may move; the anchor is that date."""

    by: ClockHours | WorkingDays | CalendarSpan


@dataclass(frozen=True, slots=True)
class AfterPlanned:
    """Counted on from a planned date that may move; the anchor is that date."""

    by: Offset


@dataclass(frozen=True, slots=True)
class BeforeEvent:
    """Before something else may happen, and at the latest when the backstop ends, should that never come."""

    event: str
    """Its code, such as `next-prescription`."""
    backstop: Offset


Counting = (
    Offset
    | ByLocalTime
    | Window
    | AgeAt
    | AcademicYear
    | BeforePlanned
    | AfterPlanned
    | BeforeEvent
)


def may_come_late(counting: Counting) -> bool:
    """Whether it may be moved to a later day because the owner is closed: a rule for safety must not (B0 rule 3)."""
    match counting:
        case WorkingDays(_, roll) | CalendarSpan(_, _, _, roll):
            return roll == "following"
        case Window(_, part) | BeforePlanned(part) | AfterPlanned(part) | BeforeEvent(_, part):
            return may_come_late(part)
        case _:
            return False
