"""What holds of all deadlines, and the words that show how one was counted."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referral.domain.calendars import BankHolidays, Hours, local_date, open_within
from services.referral.domain.counting import (
    AcademicYear,
    AfterPlanned,
    AgeAt,
    BeforeEvent,
    BeforePlanned,
    BusinessDaysUS,
    ByLocalTime,
    CalendarSpan,
    ClockHours,
    OpenDayHours,
    Window,
    WorkingDays,
    may_come_late,
)
from services.referral.domain.deadlines import due, shortened
from services.referral.domain.working import ordinal
from services.referral.outbound.calendar_files import read_calendars
from tests.unit.referral.builders import LONDON, london

CALENDARS, HOLIDAYS = read_calendars()
EVERY_DAY = CALENDARS["every-day"]
PRACTICE = CALENDARS["practice-core-hours"]
PHARMACY = CALENDARS["pharmacy-six-days"]


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


@pytest.mark.parametrize(
    ("counting", "calendar", "anchor", "words"),
    [
        (
            OpenDayHours(72),
            "pharmacy-six-days",
            "2026-12-24 16:45",
            "Thu 24 Dec 16:45 + 72 h, pharmacy closed 25 to 28 Dec → Thu 31 Dec 16:45",
        ),
        (
            WorkingDays(5),
            "practice-core-hours",
            "2026-12-24 16:40",
            (
                "Thu 24 Dec 16:40 + 5 working days, without 25 to 28 Dec and 1 to 3 Jan"
                " → Tue 5 Jan 2027 18:30, when the practice closes"
            ),
        ),
        (
            ClockHours(48),
            "every-day",
            "2026-10-23 10:15",
            "Fri 23 Oct 10:15 + 48 h, clocks go back Sun 25 Oct → Sun 25 Oct 09:15",
        ),
        (
            ClockHours(1),
            "every-day",
            "2026-03-29 00:30",
            "Sun 29 Mar 00:30 + 1 h, clocks go forward Sun 29 Mar → Sun 29 Mar 02:30",
        ),
        (
            Window(ClockHours(24), ClockHours(72)),
            "every-day",
            "2026-12-24 16:40",
            "Thu 24 Dec 16:40 + 24 h to 72 h → Fri 25 Dec 16:40 to Sun 27 Dec 16:40",
        ),
        (
            Window(CalendarSpan(2, "month"), CalendarSpan(3, "month")),
            "office-hours",
            "2026-12-24 16:40",
            (
                "Thu 24 Dec 16:40 + 2 months to 3 months"
                " → start of Wed 24 Feb 2027 to end of Wed 24 Mar 2027"
            ),
        ),
        (
            CalendarSpan(1, "month"),
            "office-hours",
            "2026-01-31 12:00",
            "Sat 31 Jan 12:00 + 1 month, the last day of that month → end of Sat 28 Feb",
        ),
        (
            CalendarSpan(7, "day", roll="preceding"),
            "practice-core-hours",
            "2026-11-21 10:00",
            "Sat 21 Nov 10:00 + 7 days, practice closed Sat 28 Nov → end of Fri 27 Nov",
        ),
        (
            ByLocalTime(time(8)),
            "practice-core-hours",
            "2026-11-21 20:10",
            "Sat 21 Nov 20:10, next working day → Mon 23 Nov 08:00",
        ),
        (
            BusinessDaysUS(2),
            "every-day",
            "2026-11-24 18:10",
            "Tue 24 Nov 18:10 + 2 US business days, without 26 Nov → end of Fri 27 Nov",
        ),
        (
            AgeAt(16),
            "every-day",
            "2009-03-14 00:00",
            "born 14 Mar 2009, 16th birthday → start of Fri 14 Mar 2025",
        ),
        (
            AcademicYear(9),
            "every-day",
            "2009-03-14 00:00",
            "born 14 Mar 2009, school year 9 starts 1 Sep 2022 → end of Thu 31 Aug 2023",
        ),
        (
            BeforePlanned(CalendarSpan(6, "month")),
            "office-hours",
            "2027-03-15 10:00",
            "planned for Mon 15 Mar 10:00, 6 months before → end of Tue 15 Sep 2026",
        ),
        (
            AfterPlanned(WorkingDays(2)),
            "office-hours",
            "2027-04-13 10:00",
            "planned for Tue 13 Apr 10:00, 2 working days after → Thu 15 Apr 17:00, when the team closes",
        ),
        (
            BeforeEvent("next-prescription", CalendarSpan(1, "week", keeps_time=True)),
            "practice-core-hours",
            "2026-12-24 18:10",
            "before the next prescription, at the latest Thu 24 Dec 18:10 + 1 week → Thu 31 Dec 18:10",
        ),
    ],
)
def test_a_deadline_says_how_it_was_counted(counting, calendar, anchor, words):
    assert due(counting, london(anchor), CALENDARS[calendar], HOLIDAYS).working == words


def test_a_long_row_of_closed_days_is_cut_short_in_words():
    said = due(OpenDayHours(1000), london("2026-11-02 10:00"), PHARMACY, HOLIDAYS).working

    assert "pharmacy closed 8 Nov, 15 Nov, 22 Nov, 29 Nov and 3 more days →" in said


def test_a_deadline_that_was_brought_nearer_says_so():
    anchor = london("2026-11-24 10:00")

    quick = shortened(due(ClockHours(24), anchor, EVERY_DAY, HOLIDAYS), anchor, 1440)

    assert quick.working.endswith("brought nearer for a demonstration")


@pytest.mark.parametrize(
    ("counting", "late"),
    [
        (WorkingDays(2, "following"), True),
        (CalendarSpan(2, "week", roll="following"), True),
        (Window(ClockHours(24), WorkingDays(2, "following")), True),
        (BeforeEvent("next-prescription", WorkingDays(2, "following")), True),
        (BeforePlanned(WorkingDays(2, "following")), True),
        (WorkingDays(2, "preceding"), False),
        (Window(WorkingDays(1, "preceding"), ClockHours(72)), False),
        (ClockHours(24), False),
        (AgeAt(16), False),
    ],
)
def test_it_is_known_which_deadlines_may_come_late(counting, late):
    assert may_come_late(counting) is late


@pytest.mark.parametrize(
    ("start", "end", "is_open"),
    [
        ("2026-12-25 16:40", "2026-12-27 16:40", False),
        ("2026-11-24 18:30", "2026-11-25 08:00", False),
        ("2026-11-24 18:29", "2026-11-25 08:00", True),
        ("2026-11-24 18:30", "2026-11-25 08:01", True),
        ("2026-12-24 18:30", "2026-12-29 08:00", False),
    ],
)
def test_a_practice_is_open_within_a_time_or_closed_throughout(start, end, is_open):
    assert open_within(PRACTICE, HOLIDAYS, london(start), london(end)) is is_open


def test_a_team_that_never_closes_is_open_within_any_time():
    always = CALENDARS["around-the-clock"]

    assert open_within(always, HOLIDAYS, london("2026-12-25 03:00"), london("2026-12-25 03:01"))
    assert open_within(always, HOLIDAYS, london("2026-12-25 23:59"), london("2026-12-26 00:00"))


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


amounts = st.integers(1, 40)
units = st.sampled_from(["day", "week", "month", "year"])
rolls = st.sampled_from(["none", "preceding", "following"])
without_clock = st.one_of(
    st.builds(ClockHours, amounts),
    st.builds(OpenDayHours, amounts),
    st.builds(WorkingDays, amounts),
    st.builds(BusinessDaysUS, amounts),
    st.builds(CalendarSpan, st.integers(0, 40), units),
)
later = st.one_of(
    without_clock,
    st.builds(WorkingDays, amounts, rolls),
    st.builds(CalendarSpan, amounts, units, st.booleans(), rolls),
    st.builds(ByLocalTime, st.times(), st.integers(0, 5)),
)


@given(moments, later, calendars)
def test_what_is_counted_on_is_never_due_before_its_anchor(anchor, counting, calendar):
    assert due(counting, anchor, calendar, HOLIDAYS).due_at >= anchor


@given(
    moments,
    st.one_of(
        st.builds(ClockHours, amounts),
        st.builds(WorkingDays, amounts, rolls),
        st.builds(CalendarSpan, amounts, units, st.booleans(), rolls),
    ),
    calendars,
)
def test_what_is_counted_back_is_never_due_after_the_planned_date(anchor, by, calendar):
    assert due(BeforePlanned(by), anchor, calendar, HOLIDAYS).due_at <= anchor


@given(moments, without_clock, calendars, st.integers(0, 100_000))
def test_a_later_anchor_never_makes_an_earlier_deadline(anchor, counting, calendar, seconds):
    """But for what keeps the local time: of two anchors in October the later may show the earlier wall clock."""
    after = anchor + timedelta(seconds=seconds)

    assert (
        due(counting, anchor, calendar, HOLIDAYS).due_at
        <= due(counting, after, calendar, HOLIDAYS).due_at
    )


@given(moments, amounts, calendars, rolls, units)
def test_more_never_makes_an_earlier_deadline(anchor, amount, calendar, roll, unit):
    for kind in (
        ClockHours,
        OpenDayHours,
        BusinessDaysUS,
        lambda n: WorkingDays(n, roll),
        lambda n: CalendarSpan(n, unit, roll=roll),
    ):
        less, more = (due(kind(n), anchor, calendar, HOLIDAYS).due_at for n in (amount, amount + 1))
        assert less <= more


@given(moments, amounts, calendars, rolls)
def test_working_days_end_when_the_owner_closes_or_the_day_does(anchor, days, calendar, roll):
    due_at = due(WorkingDays(days, roll), anchor, calendar, HOLIDAYS).due_at

    day = calendar.days(HOLIDAYS)[local_date(due_at - timedelta(microseconds=1))]
    assert due_at == (day.closes or day.ends)
    if roll == "following":
        assert day.opens is not None


@given(moments, without_clock, without_clock, calendars)
def test_a_window_opens_before_it_closes(anchor, not_before, within, calendar):
    when = due(Window(not_before, within), anchor, calendar, HOLIDAYS)

    assert when.not_before is not None
    assert when.not_before <= when.due_at


@given(
    moments, later, calendars, st.sampled_from(["Asia/Kolkata", "America/New_York", "Etc/GMT+12"])
)
def test_an_anchor_said_in_another_zone_counts_the_same(anchor, counting, calendar, zone):
    elsewhere = anchor.astimezone(ZoneInfo(zone))

    there, here = (due(counting, at, calendar, HOLIDAYS) for at in (elsewhere, anchor))

    assert (there, there.working) == (here, here.working)
    assert here.due_at.astimezone(ZoneInfo(zone)).astimezone(LONDON).astimezone(UTC) == here.due_at


@given(moments, amounts, units, calendars)
def test_the_end_of_a_day_is_a_local_midnight(anchor, count, unit, calendar):
    due_at = due(CalendarSpan(count, unit), anchor, calendar, HOLIDAYS).due_at

    assert due_at.astimezone(LONDON).time() == time.min


@given(moments, later, calendars)
def test_every_deadline_is_said_in_words_that_end_with_it(anchor, counting, calendar):
    when = due(counting, anchor, calendar, HOLIDAYS)

    shown = when.due_at.astimezone(LONDON)
    ended = shown - timedelta(days=1)
    assert f"{shown:%H:%M}" in when.working.rpartition("→")[2] or (
        f"end of {ended:%a} {ended.day} {ended:%b}" in when.working
    )


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ("2026-11-27 16:59", "2026-11-27 17:00"),
        ("2026-11-27 17:00", "2026-11-27 17:00"),
        ("2026-11-27 17:01", "2026-11-30 17:00"),
        ("2026-12-24 17:01", "2026-12-29 17:00"),
    ],
)
def test_a_time_of_the_same_day_that_has_passed_means_the_next_working_day(anchor, expected):
    when = due(ByLocalTime(time(17), days=0), london(anchor), PRACTICE, HOLIDAYS)

    assert when.due_at == london(expected)


def test_who_is_open_until_midnight_is_due_when_the_day_ends():
    open_late = type(EVERY_DAY)("team", (Hours(time(8), time.min),) * 7, True)

    when = due(WorkingDays(1), london("2026-11-26 10:00"), open_late, HOLIDAYS)

    assert when.due_at == london("2026-11-28 00:00")
    assert when.working.endswith("→ end of Fri 27 Nov, when the team closes")


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th"), (11, "11th"), (12, "12th"),
     (13, "13th"), (14, "14th"), (16, "16th"), (21, "21st"), (22, "22nd"), (23, "23rd"),
     (111, "111th"), (113, "113th"), (123, "123rd")],
)  # fmt: skip
def test_a_birthday_is_said_as_people_say_it(number, said):
    assert ordinal(number) == said
