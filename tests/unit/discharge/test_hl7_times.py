from datetime import UTC, datetime, timedelta

import pytest

from services.discharge.domain.times import Moment, choose
from services.discharge.inbound.hl7.times import read_date, read_moment, write_time

NOW = datetime(2026, 9, 8, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("20260908112000", datetime(2026, 9, 8, 10, 20, tzinfo=UTC)),
        ("202601081120", datetime(2026, 1, 8, 11, 20, tzinfo=UTC)),
        ("2026090811", datetime(2026, 9, 8, 10, 0, tzinfo=UTC)),
        ("20260908112000.1234", datetime(2026, 9, 8, 10, 20, 0, 123400, tzinfo=UTC)),
        ("20260908112000+0000", datetime(2026, 9, 8, 11, 20, tzinfo=UTC)),
        ("20260908112000-0530", datetime(2026, 9, 8, 16, 50, tzinfo=UTC)),
    ],
)
def test_a_time_without_an_offset_is_the_hospital_wall_clock(sent, meant):
    assert read_moment(sent, "PV1-45") == Moment("PV1-45", meant)


def test_the_hour_that_comes_twice_is_read_as_the_earlier_deadline():
    moment = read_moment("202610250130", "PV1-45")

    assert moment == Moment("PV1-45", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "ambiguous")


def test_the_hour_that_never_comes_is_moved_forward():
    moment = read_moment("202603290130", "PV1-45")

    assert moment == Moment("PV1-45", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "gap")


@pytest.mark.parametrize(
    ("sent", "trouble"),
    [
        ("20260908", "date-only"),
        ("202609", "date-only"),
        ("20261340", "unreadable"),
        ("20260908256161", "unreadable"),
        ("yesterday", "unreadable"),
        ("202609.5", "unreadable"),
        ("20260908.5", "unreadable"),
        ("2026090811.5", "unreadable"),
        ("00000000000000", "unreadable"),
        ("00010101000000", ""),
        ("00010101000000+1400", "unreadable"),
        ("99991231235959-1200", "unreadable"),
        ("20260908112000+0099", "unreadable"),
        ("٢٠٢٦٠٩٠٨", "unreadable"),
        ("", ""),
        ('""', ""),
    ],
)
def test_what_is_no_instant_is_not_guessed_at(sent, trouble):
    assert read_moment(sent, "EVN-6").trouble == trouble


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("19480302", ("1948-03-02", "")),
        ("194803", (None, "partial")),
        ("1948", (None, "partial")),
        ("19481302", (None, "unreadable")),
        ("1948-03-02", (None, "unreadable")),
        ("194803020815", ("1948-03-02", "")),
        ("", (None, "")),
    ],
)
def test_a_partial_birth_date_is_not_filled_up(sent, read):
    assert read_date(sent) == read


def test_the_first_usable_time_stands_and_the_others_are_flagged():
    late = datetime(2026, 9, 8, 10, 0, tzinfo=UTC)

    chosen = choose([Moment("PV1-45", None, "date-only"), Moment("EVN-6", late)], NOW)

    assert chosen.at == late
    assert chosen.flags == ("time-date-only:PV1-45",)


def test_a_time_in_the_near_future_stands_with_a_flag_and_an_absurd_one_does_not():
    soon, never = NOW + timedelta(days=30), NOW + timedelta(days=20_000)

    assert choose([Moment("PV1-45", soon)], NOW).at == soon
    assert choose([Moment("PV1-45", soon)], NOW).flags == ("time-in-future:PV1-45",)
    assert choose([Moment("PV1-45", never)], NOW).at == NOW


def test_a_clock_that_runs_a_little_ahead_is_not_worth_a_flag():
    assert choose([Moment("PV1-45", NOW + timedelta(minutes=2))], NOW).flags == ()


def test_without_any_time_the_time_of_receipt_stands():
    assert choose([], NOW).flags == ("time-of-receipt",)


def test_our_own_times_say_their_offset():
    assert write_time(datetime(2026, 9, 8, 11, 20, tzinfo=UTC)) == "20260908112000+0000"
