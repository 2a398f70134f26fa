"""What a pathway file and a calendar file may say of time, and what they may not."""

from datetime import date, time

import pytest
from pydantic import TypeAdapter, ValidationError

from services.referral.domain.calendars import Hours
from services.referral.domain.counting import ClockHours, Window, WorkingDays
from services.referral.outbound.calendar_files import CalendarEntry, read_calendars
from services.referral.outbound.deadline_entries import DeadlineEntry

ENTRY = TypeAdapter(DeadlineEntry)
WEEK = {
    "id": "a",
    "title": "A",
    "called": "team",
    "hours": {"mon-fri": "09:00-17:00"},
    "open_on_bank_holidays": False,
}
MONTH = {"kind": "calendar_months", "months": 2}


def test_both_ways_to_say_a_window_of_hours_mean_the_same():
    short = {"kind": "window", "after_hours": 24, "within_hours": 72, "anchor": "opened_at"}
    long = {
        "kind": "window",
        "not_before": {"kind": "clock_hours", "hours": 24},
        "within": {"kind": "clock_hours", "hours": 72},
        "anchor": "opened_at",
    }

    for said in (short, long):
        entry = ENTRY.validate_python(said)
        assert entry.counting() == Window(ClockHours(24), ClockHours(72))
        assert entry.anchor == "opened_at"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"kind": "fortnights", "count": 2}, "fortnights"),
        ({"kind": "clock_hours", "hours": 0}, "greater than 0"),
        ({"kind": "clock_hours"}, "hours"),
        ({"kind": "working_days", "days": 2}, "roll"),
        ({"kind": "working_days", "days": 2, "roll": "sideways"}, "roll"),
        ({"kind": "calendar_days", "days": 0, "keeps_time": True}, "no time at all"),
        ({"kind": "window", "after_hours": 72, "within_hours": 24}, "closes before it opens"),
        ({"kind": "window", "after_hours": 24}, "say after_hours and within_hours"),
        ({"kind": "window", "not_before": MONTH}, "say after_hours and within_hours"),
        (
            {"kind": "window", "after_hours": 1, "within_hours": 2, "not_before": MONTH},
            "say after_hours and within_hours",
        ),
        ({"kind": "academic_year", "year": 14, "point": "end"}, "less than or equal to 13"),
        ({"kind": "age_at", "years": 200}, "less than or equal to 130"),
        (
            {"kind": "before_planned", "by": {"kind": "business_days_us", "days": 2}},
            "business_days_us",
        ),
        ({"kind": "before_event", "event": "next-prescription"}, "backstop"),
        ({"kind": "by_local_time", "time": "25:00"}, "time"),
    ],
)
def test_a_deadline_that_makes_no_sense_is_refused(said, fault):
    with pytest.raises(ValidationError, match=fault):
        ENTRY.validate_python(said | {"anchor": "opened_at"})


def test_a_deadline_without_an_anchor_is_refused():
    with pytest.raises(ValidationError, match="anchor"):
        ENTRY.validate_python({"kind": "clock_hours", "hours": 24})


def test_the_roll_of_working_days_is_as_its_file_says():
    said = {"kind": "working_days", "days": 2, "roll": "following", "anchor": "opened_at"}

    assert ENTRY.validate_python(said).counting() == WorkingDays(2, "following")


def test_a_team_may_have_other_hours_each_day_and_days_of_its_own():
    hours = {"mon-thu": "09:00-17:00", "fri": "09:00-13:00", "sun": "00:00-24:00"}
    said = WEEK | {
        "hours": hours,
        "closed": [date(2026, 11, 26)],
        "open": {date(2026, 12, 25): "10:00-12:00"},
    }
    calendar, holidays = CalendarEntry(**said).calendar(), read_calendars()[1]

    def on(day: str) -> Hours | None:
        return calendar.hours_on(date.fromisoformat(day), holidays)

    assert on("2026-11-23") == Hours(time(9), time(17))
    assert on("2026-11-27") == Hours(time(9), time(13))
    assert on("2026-11-28") is None
    assert on("2026-11-29") == Hours(time.min, time.min)
    assert on("2026-11-26") is None
    assert on("2026-12-25") == Hours(time(10), time(12))
    assert on("2026-12-28") is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"hours": {"mon-fri": "09:00-17:00", "wed": "09:00-12:00"}}, "two sets of opening hours"),
        ({"hours": {"fri-mon": "09:00-17:00"}}, "at least one day is open"),
        ({"hours": {"mon": "17:00-09:00"}}, "closes before it opens"),
        ({"open": {date(2026, 12, 25): "12:00-10:00"}}, "closes before it opens"),
        (
            {"closed": [date(2026, 12, 25)], "open": {date(2026, 12, 25): "10:00-12:00"}},
            "said to be closed and to be open",
        ),
        ({"called": ""}, "called"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(changes, fault):
    with pytest.raises(ValidationError, match=fault):
        CalendarEntry(**WEEK | changes)


def test_federal_holidays_are_the_observed_ones_of_2026_and_2027():
    listed = {day.isoformat() for day in read_calendars()[1].federal if day.year in (2026, 2027)}

    assert listed == {
        "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07", "2026-10-12",
        "2026-11-11", "2026-11-26", "2026-12-25",
        "2027-01-01", "2027-01-18", "2027-02-15", "2027-05-31", "2027-06-18", "2027-07-05", "2027-09-06", "2027-10-11",
        "2027-11-11", "2027-11-25", "2027-12-24", "2027-12-31",
    }  # fmt: skip
