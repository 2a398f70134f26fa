"""A year of silence is told in lines that somebody can read, and nothing that differs is left out."""

from datetime import UTC, datetime, timedelta

from services.rehearsal.folding import folded
from services.rehearsal.timeline import Entry, Kind

MONDAY = datetime(2026, 9, 14, 17, 30, tzinfo=UTC)


def on_day(number: int, text: str = "Nobody has done it", kind: Kind = "said") -> Entry:
    return Entry(MONDAY + timedelta(days=number), kind, "Edna", text, ("told: the ward",))


def test_equal_days_become_the_first_and_a_line_that_counts_the_others() -> None:
    told = folded([on_day(number) for number in range(5)])
    assert [entry.text for entry in told] == [
        "Nobody has done it",
        "The same again on 4 days, the last of them Fri 18 Sep 2026",
    ]
    assert told[1].at == MONDAY + timedelta(days=1)


def test_two_equal_days_are_both_told() -> None:
    days = [on_day(0), on_day(1)]
    assert folded(days) == days


def test_a_day_on_which_more_happens_is_told_whole_and_counting_begins_anew() -> None:
    days = [on_day(number) for number in range(8)]
    days.insert(4, on_day(3, "The practice accepts"))
    told = folded(days)
    assert [entry.text for entry in told].count("Nobody has done it") == 3
    assert "The practice accepts" in [entry.text for entry in told]


def test_the_same_by_the_clock_on_the_wall_is_the_same_when_the_clocks_go_back() -> None:
    october = datetime(2026, 10, 24, 17, 30, tzinfo=UTC)
    winter = [october, october + timedelta(hours=25), october + timedelta(hours=49)]
    told = folded([Entry(at, "said", "Edna", "Nobody has done it") for at in winter])
    assert told[-1].text == "The same again on 2 days, the last of them Mon 26 Oct 2026"


def test_what_a_story_does_or_checks_is_never_folded_away() -> None:
    days = [on_day(number, kind="checked") for number in range(5)]
    assert folded(days) == days
