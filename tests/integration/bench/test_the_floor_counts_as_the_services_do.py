"""The floor's deadlines are those of referral on every day of the year, with the same words: the work stays equal."""

from datetime import UTC, datetime, timedelta

from bench.floor import deadlines
from services.referral.domain.counting import (
    BeforeEvent,
    CalendarSpan,
    ClockHours,
    OpenDayHours,
    Window,
)
from services.referral.domain.deadlines import due
from services.referral.outbound.calendar_files import read_calendars

HOURS = [datetime(2026, 1, 1, 0, 30, tzinfo=UTC) + timedelta(hours=7 * n) for n in range(1_251)]
"""At some hour of each day of 2026: clock changes, bank holidays and the turn of the year included."""


def test_what_counts_from_the_opening_is_due_at_the_same_time_in_the_same_words():
    calendars, holidays = read_calendars()
    pharmacy = calendars["pharmacy-six-days"]
    week = BeforeEvent("next-prescription", CalendarSpan(1, "week", keeps_time=True))

    for now in HOURS:
        theirs = deadlines.from_now(now)
        for counting, found in ((OpenDayHours(72), theirs.pharmacy), (week, theirs.week)):
            ours = due(counting, now, pharmacy, holidays)
            assert found.due == deadlines.shown(ours.due_at)
            assert found.working == ours.working


def test_what_counts_from_the_discharge_has_the_same_words():
    calendars, holidays = read_calendars()
    every_day = calendars["pharmacy-six-days"]

    for at in HOURS:
        summary = due(ClockHours(24), at, every_day, holidays)
        visit = due(Window(ClockHours(24), ClockHours(72)), at, every_day, holidays)
        assert deadlines.elapsed(at) == (summary.working, visit.working)
