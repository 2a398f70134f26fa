"""Deadlines, computed by hand from scenarios S01, S07 and S12, and what holds of all of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referral.domain.calendars import BankHolidays, local_date
from services.referral.domain.counting import (
    CalendarSpan,
    ClockHours,
    OpenDayHours,
    Window,
    WorkingDays,
)
from services.referral.domain.deadlines import due, shortened
from services.referral.outbound.calendar_files import read_calendars
from tests.unit.referral.builders import LONDON, london

CALENDARS, HOLIDAYS = read_calendars()
EVERY_DAY = CALENDARS["every-day"]
PRACTICE = CALENDARS["practice-core-hours"]
PHARMACY = CALENDARS["pharmacy-six-days"]

GOLDEN = [
    ("S01 R01", ClockHours(24), EVERY_DAY, "2026-09-08 11:20", None, "2026-09-09 11:20"),
    (
        "S01 R14",
        Window(ClockHours(24), ClockHours(72)),
        EVERY_DAY,
        "2026-09-08 11:20",
        "2026-09-09 11:20",
        "2026-09-11 11:20",
    ),
    ("S01 R09", OpenDayHours(72), PHARMACY, "2026-09-08 15:10", None, "2026-09-11 15:10"),
    (
        "S01 R06",
        CalendarSpan(1, "week", keeps_time=True),
        PRACTICE,
        "2026-09-08 15:05",
        None,
        "2026-09-15 15:05",
    ),
    (
        "S07 R01 on Christmas Day",
        ClockHours(24),
        EVERY_DAY,
        "2026-12-24 16:40",
        None,
        "2026-12-25 16:40",
    ),
    (
        "S07 R14",
        Window(ClockHours(24), ClockHours(72)),
        EVERY_DAY,
        "2026-12-24 16:40",
        "2026-12-25 16:40",
        "2026-12-27 16:40",
    ),
    (
        "S07 R26 over Christmas",
        WorkingDays(2),
        PRACTICE,
        "2026-12-24 16:40",
        None,
        "2026-12-30 18:30",
    ),
    (
        "S07 R09 over Christmas",
        OpenDayHours(72),
        PHARMACY,
        "2026-12-24 16:45",
        None,
        "2026-12-31 16:45",
    ),
    (
        "S07 R06",
        CalendarSpan(1, "week", keeps_time=True),
        PRACTICE,
        "2026-12-24 18:10",
        None,
        "2026-12-31 18:10",
    ),
    (
        "S07 five working days",
        WorkingDays(5),
        PRACTICE,
        "2026-12-24 16:40",
        None,
        "2027-01-05 18:30",
    ),
    (
        "S12 48 elapsed hours across 25 October",
        ClockHours(48),
        EVERY_DAY,
        "2026-10-23 10:15",
        None,
        "2026-10-25 09:15",
    ),
    (
        "S12 72 elapsed hours",
        ClockHours(72),
        EVERY_DAY,
        "2026-10-23 10:15",
        None,
        "2026-10-26 09:15",
    ),
    ("S12 24 hours", ClockHours(24), EVERY_DAY, "2026-10-23 10:15", None, "2026-10-24 10:15"),
    (
        "a week across 25 October keeps the wall clock",
        CalendarSpan(1, "week", keeps_time=True),
        PRACTICE,
        "2026-10-23 10:15",
        None,
        "2026-10-30 10:15",
    ),
    (
        "a week across 29 March keeps the wall clock",
        CalendarSpan(1, "week", keeps_time=True),
        PRACTICE,
        "2026-03-27 10:15",
        None,
        "2026-04-03 10:15",
    ),
    (
        "24 hours across 29 March",
        ClockHours(24),
        EVERY_DAY,
        "2026-03-28 10:15",
        None,
        "2026-03-29 11:15",
    ),
    (
        "one working day before a bank holiday weekend",
        WorkingDays(1),
        PRACTICE,
        "2026-08-28 09:00",
        None,
        "2026-09-01 18:30",
    ),
    (
        "a discharge on a Saturday",
        WorkingDays(2),
        PRACTICE,
        "2026-11-21 23:59",
        None,
        "2026-11-24 18:30",
    ),
    (
        "a discharge on a bank holiday",
        WorkingDays(1),
        PRACTICE,
        "2026-12-25 08:00",
        None,
        "2026-12-29 18:30",
    ),
    (
        "an anchor on a closed Sunday counts from Monday",
        OpenDayHours(24),
        PHARMACY,
        "2026-11-22 12:00",
        None,
        "2026-11-24 00:00",
    ),
    (
        "a seven-day team closes at eight",
        WorkingDays(1),
        EVERY_DAY,
        "2026-09-09 16:30",
        None,
        "2026-09-10 20:00",
    ),
]


@pytest.mark.parametrize(
    ("counting", "calendar", "anchor", "not_before", "due_at"),
    [pytest.param(*row[1:], id=row[0]) for row in GOLDEN],
)
def test_deadlines_agree_with_those_counted_by_hand(counting, calendar, anchor, not_before, due_at):
    when = due(counting, london(anchor), calendar, HOLIDAYS)

    assert when.due_at == london(due_at)
    assert when.not_before == (london(not_before) if not_before else None)


def test_an_hour_that_comes_twice_gives_the_earlier_deadline():
    """01:30 on 25 October 2026 comes twice; C4 asks for the earlier reading."""
    when = due(
        CalendarSpan(1, "week", keeps_time=True), london("2026-10-18 01:30"), EVERY_DAY, HOLIDAYS
    )

    assert when.due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_is_left_out_moves_forward():
    """01:30 on 29 March 2026 does not exist."""
    when = due(
        CalendarSpan(1, "week", keeps_time=True), london("2026-03-22 01:30"), EVERY_DAY, HOLIDAYS
    )

    assert when.due_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert when.due_at.astimezone(LONDON).hour == 2


def test_an_anchor_in_any_zone_counts_the_same():
    in_london = datetime(2026, 10, 23, 10, 15, tzinfo=LONDON)

    assert due(ClockHours(48), in_london, EVERY_DAY, HOLIDAYS) == due(
        ClockHours(48), in_london.astimezone(UTC), EVERY_DAY, HOLIDAYS
    )


def test_an_owner_who_is_closed_on_the_day_is_due_earlier_with_roll_preceding():
    office = CALENDARS["office-hours"]
    shut = type(office)("shut", office.week, False, frozenset({date(2026, 11, 26)}))

    preceding = due(WorkingDays(2, "preceding"), london("2026-11-24 10:00"), shut, HOLIDAYS)
    unrolled = due(WorkingDays(2), london("2026-11-24 10:00"), shut, HOLIDAYS)

    assert preceding.due_at == london("2026-11-25 17:00")
    assert unrolled.due_at == london("2026-11-27 00:00")


def test_bank_holidays_are_the_official_ones_of_2026_and_2027():
    listed = {day.isoformat() for day in HOLIDAYS.days if day.year in (2026, 2027)}

    assert listed == {
        "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
        "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28",
    }  # fmt: skip


def test_the_snapshot_says_how_far_it_reaches():
    snapshot = BankHolidays(frozenset(), until=date(2027, 12, 31))

    assert snapshot.days_left(date(2026, 12, 31)) == 365
    assert snapshot.days_left(date(2028, 1, 1)) == -1


def test_a_demonstration_shortens_the_way_from_anchor_to_deadline():
    anchor = london("2026-11-24 10:00")
    when = due(Window(ClockHours(24), ClockHours(72)), anchor, EVERY_DAY, HOLIDAYS)

    quick = shortened(when, anchor, 1440)

    assert quick.not_before == anchor + timedelta(minutes=1)
    assert quick.due_at == anchor + timedelta(minutes=3)
    assert shortened(when, anchor, 1) is when


moments = st.integers(0, 4 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
calendars = st.sampled_from(sorted(CALENDARS.values(), key=lambda calendar: calendar.id))
hours = st.integers(1, 200)


@given(moments, hours, calendars)
def test_closed_days_only_ever_move_a_deadline_later(anchor, hours, calendar):
    elapsed = due(ClockHours(hours), anchor, calendar, HOLIDAYS).due_at
    open_days = due(OpenDayHours(hours), anchor, calendar, HOLIDAYS).due_at

    assert open_days >= elapsed
    assert _open_time(anchor, open_days, calendar) == timedelta(hours=hours)


@given(moments, st.integers(1, 15), calendars)
def test_a_working_day_deadline_has_exactly_that_many_working_days_before_it(
    anchor, days, calendar
):
    due_at = due(WorkingDays(days), anchor, calendar, HOLIDAYS).due_at

    # An instant before, so that a deadline at midnight belongs to the day that ends there.
    first, last = local_date(anchor), local_date(due_at - timedelta(microseconds=1))
    between = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert sum(day.weekday() < 5 and day not in HOLIDAYS.days for day in between) == days
    assert last.weekday() < 5
    assert last not in HOLIDAYS.days


@given(moments, st.integers(1, 60), calendars, st.integers(0, 100_000))
def test_a_later_anchor_never_makes_an_earlier_deadline(anchor, amount, calendar, seconds):
    later = anchor + timedelta(seconds=seconds)

    for counting in (ClockHours(amount), OpenDayHours(amount), WorkingDays(amount)):
        assert (
            due(counting, anchor, calendar, HOLIDAYS).due_at
            <= due(counting, later, calendar, HOLIDAYS).due_at
        )


def _open_time(start, end, calendar):
    total, now = timedelta(), start
    while now < end:
        day = local_date(now)
        midnight = datetime.combine(
            day + timedelta(days=1), datetime.min.time(), LONDON
        ).astimezone(UTC)
        if calendar.hours_on(day, HOLIDAYS) is not None:
            total += min(midnight, end) - now
        now = midnight
    return total
