from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.discharge.domain.feeds import (
    LONDON,
    Feed,
    Listening,
    Stated,
    Usual,
    Verdict,
    judge,
    slot_of,
)
from services.discharge.outbound.feed_policy import bank_holidays, read_feed_policy

POLICY = read_feed_policy()
HOLIDAYS = bank_holidays(2025, 2027)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

BUSY = Usual(
    {
        (day, hour): (60.0 if day < 5 and 8 <= hour < 18 else 2.0 if day < 5 else 0.05)
        for day in range(7)
        for hour in range(24)
    }
)
"""A PAS: sixty an hour on working days, two at night, next to nothing at weekends and on bank holidays."""


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def a_feed(last: str = "2026-09-15T10:00", **more) -> Feed:
    feed = Feed(
        "ZTA",
        "PAS",
        first_message_at=LONG_AGO,
        last_message_at=london(last),
        recent_messages=0,
        recent_refused=0,
        recent_late=0,
        usual_refused=0,
    )
    return replace(feed, **more)


def verdict(
    feed: Feed,
    now: str,
    usual: Usual | None = BUSY,
    stated: Stated | None = None,
    since: datetime = LONG_AGO,
) -> Verdict:
    return judge(feed, usual, stated, Listening(since, london(now)), HOLIDAYS, POLICY)


def test_a_busy_feed_that_stopped_at_ten_on_a_tuesday_is_silent_at_half_past():
    assert verdict(a_feed("2026-09-15T10:00"), "2026-09-15T10:30").silent


def test_a_busy_feed_that_spoke_five_minutes_ago_is_not_silent():
    assert not verdict(a_feed("2026-09-15T10:00"), "2026-09-15T10:05").silent


def test_a_quiet_night_is_no_silence_but_the_morning_after_it_is():
    feed = a_feed("2026-09-15T23:00")

    assert not verdict(feed, "2026-09-16T03:30").silent
    assert verdict(feed, "2026-09-16T08:30").silent


def test_a_quiet_weekend_is_no_silence():
    assert not verdict(a_feed("2026-09-12T01:00"), "2026-09-13T23:00").silent


def test_christmas_is_no_alarm_for_a_feed_that_is_quiet_on_holidays():
    # In 2026 that is from Friday 25 to Monday 28 December.
    feed = a_feed("2026-12-25T00:30")

    assert not verdict(feed, "2026-12-25T23:00").silent
    assert not verdict(feed, "2026-12-28T20:00").silent
    assert verdict(feed, "2026-12-29T09:00").silent


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_hours_of_a_day_with_a_clock_change_are_those_on_the_wall(day: str):
    start = london(f"{day}T00:00")
    monday = london(f"{day}T00:00") + timedelta(days=1)
    usual = Usual({(6, hour): 1.0 for hour in range(24)})
    length = (
        datetime.combine(date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), LONDON)
        - start
    )

    total = usual.between(start, start + length, HOLIDAYS)

    assert total == pytest.approx({"2026-03-29": 23, "2026-10-25": 25}[day])
    assert slot_of(monday, HOLIDAYS)[0] in {0, 6}


def test_half_past_one_comes_twice_and_is_the_same_hour_both_times():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    assert slot_of(first, HOLIDAYS) == slot_of(first + timedelta(hours=1), HOLIDAYS) == (6, 1)


@pytest.mark.parametrize("minute", [0, 1, 6, 20, 40, 59])
@pytest.mark.parametrize(
    "hour",
    [
        "2026-11-22T05",  # a Sunday
        "2026-11-23T00",  # just after midnight
        "2026-12-28T10",  # a bank holiday
        "2026-12-29T00",  # just after it
        "2026-03-29T01",  # the clocks have just gone forward
        "2026-10-25T01",  # the clocks have just gone back
    ],
)
def test_a_silence_is_the_same_at_every_minute_of_every_day(hour: str, minute: int):
    steady = Usual({(day, hour): 60.0 for day in range(7) for hour in range(24)})
    now = datetime.fromisoformat(f"{hour}:{minute:02}").replace(tzinfo=UTC)
    feed = a_feed(last_message_at=now - timedelta(minutes=40))

    said = judge(feed, steady, None, Listening(LONG_AGO, now), HOLIDAYS, POLICY)

    assert said.silent
    assert said.expected_per_hour == 60
    assert said.expected_since_last == pytest.approx(40 * POLICY.caution)


def test_a_new_feed_is_judged_by_its_profile_alone():
    stated = Stated(messages_per_hour=30, quiet_after=timedelta(minutes=45))
    feed = a_feed("2026-09-15T10:00")

    assert not verdict(feed, "2026-09-15T23:00", usual=None).silent
    assert not verdict(feed, "2026-09-15T10:40", usual=None, stated=stated).silent
    late = verdict(feed, "2026-09-15T10:50", usual=None, stated=stated)
    assert (late.silent, late.expected_per_hour) == (True, 30)


def test_while_nobody_was_there_to_hear_nobody_was_silent():
    feed = a_feed("2026-09-15T10:00")

    back = verdict(feed, "2026-09-15T12:02", since=london("2026-09-15T12:00"))
    later = verdict(feed, "2026-09-15T12:40", since=london("2026-09-15T12:00"))

    assert not back.silent
    assert later.silent


def test_a_feed_that_was_switched_off_stops_ringing_after_two_weeks():
    feed = a_feed("2026-09-01T10:00")

    assert verdict(feed, "2026-09-14T10:00").silent
    gone = verdict(feed, "2026-09-16T10:00")
    assert (gone.silent, gone.gone) == (False, True)


@pytest.mark.parametrize(
    ("messages", "refused", "usual", "too_many"),
    [
        (100, 5, 0.0, False),
        (100, 19, 0.0, False),
        (100, 30, 0.0, True),
        (100, 30, 0.1, False),
        (100, 60, 0.1, True),
        (12, 12, 0.0, True),
        (5, 5, 0.0, False),
        (100, 100, 0.9, True),
    ],
)
def test_refusals_surge_against_what_is_usual(
    messages: float, refused: float, usual: float, too_many: bool
):
    feed = a_feed(recent_messages=messages, recent_refused=refused, usual_refused=usual)

    assert verdict(feed, "2026-09-15T10:01").refusing is too_many


def test_a_flood_of_old_messages_is_a_feed_that_is_catching_up():
    flood = a_feed(recent_messages=500, recent_late=400)
    typed_late = a_feed(recent_messages=500, recent_late=30)

    assert verdict(flood, "2026-09-15T10:01").catching_up
    assert not verdict(typed_late, "2026-09-15T10:01").catching_up


_TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=UTC)
)


@given(_TIMES, st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_is_expected_of_a_stretch_is_what_is_expected_of_its_parts(at, one, other):
    middle, end = at + timedelta(minutes=one), at + timedelta(minutes=one + other)

    whole = BUSY.between(at, end, HOLIDAYS)

    parts = BUSY.between(at, middle, HOLIDAYS) + BUSY.between(middle, end, HOLIDAYS)
    assert whole == pytest.approx(parts)


@given(_TIMES, st.integers(0, 10_000), st.integers(0, 10_000))
@example(datetime(2027, 3, 21, 12, tzinfo=UTC), 5819, 5762)  # longer than a week, over a holiday
def test_a_silence_only_grows_until_somebody_speaks(at, one, other):
    feed = a_feed(last_message_at=at)
    listening = [Listening(LONG_AGO, at + timedelta(minutes=each)) for each in (one, one + other)]

    before, after = (judge(feed, BUSY, None, each, HOLIDAYS, POLICY) for each in listening)

    assert before.expected_since_last <= after.expected_since_last + 1e-9
    assert after.silent or after.gone or not before.silent


@given(_TIMES)
def test_nobody_is_silent_who_has_just_spoken(at):
    said = judge(a_feed(last_message_at=at), BUSY, None, Listening(LONG_AGO, at), HOLIDAYS, POLICY)

    assert not said.silent
