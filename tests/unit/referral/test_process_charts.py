"""Charts tell a change from what always varies, and small numbers are not shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.referral.domain.process_chart import xmr
from services.referral.domain.suppression import FEWEST, hidden, may_show


def test_limits_are_the_average_and_the_moving_ranges():
    """Worked by hand: average 6, ranges 2 2 4 4 2, their average 2.8, limits 6 plus or minus 7.448."""
    chart = xmr([4, 6, 8, 4, 8, 6])

    assert chart is not None
    assert (chart.average, chart.range_average) == (6, pytest.approx(2.8))
    assert (chart.lower, chart.upper) == (0, pytest.approx(13.448))
    assert chart.range_upper == pytest.approx(9.1476)
    assert set(chart.signals) == {""}


def test_a_week_outside_the_limits_is_a_signal():
    chart = xmr([10, 11, 10, 9, 10, 11, 10, 9, 10, 40])

    assert chart is not None
    assert chart.signals[-1] == "outside"
    assert set(chart.signals[:8]) <= {"", "run"}


def test_eight_weeks_on_one_side_are_a_change():
    chart = xmr([11, 14, 11, 14, 11, 14, 11, 14, 10, 7, 10, 7, 10, 7, 10, 7])

    assert chart is not None
    assert set(chart.signals) == {"run"}


def test_seven_weeks_on_one_side_are_none():
    chart = xmr([12, 13, 12, 13, 12, 13, 12, 9, 8, 9, 8, 9, 8, 9])

    assert chart is not None
    assert "run" not in chart.signals


def test_a_run_is_marked_where_it_is_and_nowhere_else():
    """A value on the average is on neither side: it ends a run, and many of them are none."""
    chart = xmr([*[11.0, 19.0] * 4, *[10.0] * 9, *[9.0, 1.0] * 4])

    assert chart is not None
    assert chart.average == 10
    assert chart.signals == ("run",) * 8 + ("",) * 9 + ("run",) * 8


def test_the_limit_itself_is_inside():
    chart = xmr([5.0] * 8)

    assert chart is not None
    assert (chart.lower, chart.upper, set(chart.signals)) == (5, 5, {""})


def test_a_few_weeks_have_no_limits():
    assert xmr([3, 4, 5, 3, 4]) is None


@given(st.lists(st.floats(0, 10_000, allow_nan=False), min_size=6, max_size=60))
def test_every_value_has_its_say_and_no_limit_is_below_zero(values):
    chart = xmr(values)

    assert chart is not None
    assert len(chart.signals) == len(values)
    assert 0 <= chart.lower <= chart.upper or chart.average < 1e-9


def test_a_small_number_cannot_be_worked_out_from_the_total():
    assert hidden({"a": 40, "b": 3, "c": 9}) == {"b", "c"}
    assert hidden({"a": 40, "b": 3, "c": 2}) == {"b", "c"}
    assert hidden({"a": 40, "b": 0}) == frozenset()
    assert hidden({"a": 3}) == {"a"}
    assert hidden({"a": 3, "b": 0, "c": 9}) == {"a", "c"}, (
        "none is no number that could hide another"
    )
    assert hidden({"a": 40, "b": 1, "c": 1, "d": 9}) == {"b", "c", "d"}, "two together are one each"
    assert hidden({"a": 40, "b": 4, "c": 1, "d": 9}) == {"b", "c"}


def test_five_people_may_be_shown_and_four_may_not():
    assert (may_show(0), may_show(1), may_show(4), may_show(5)) == (True, False, False, True)
    assert hidden({"a": 5, "b": 5}) == frozenset()


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 50), max_size=8))
def test_nobody_in_a_small_cell_is_ever_shown(counts):
    concealed = hidden(counts)

    assert all(may_show(count) or name in concealed for name, count in counts.items())
    if concealed and any(c for n, c in counts.items() if n not in concealed):
        assert len(concealed) >= 2
        assert sum(counts[name] for name in concealed) >= FEWEST
