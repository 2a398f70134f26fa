"""XmR charts: whether a series only varies as it always does, or something has changed."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

_TO_LIMIT = 2.66
"""From the average moving range to the natural process limits (3 / 1.128)."""
_TO_RANGE_LIMIT = 3.267
"""From the average moving range to the upper limit of a moving range."""
_RUN = 8
"""So many values in a row on one side of the average are a change."""
_FEWEST = 6
"""With fewer values, limits would be made up."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A series with its average and natural process limits; nothing below zero, because times are not."""

    values: tuple[float, ...]
    average: float
    lower: float
    upper: float
    range_average: float
    range_upper: float
    signals: tuple[str, ...]
    """For each value: `` nothing, `outside` the limits, or part of a `run` on one side of the average."""


def xmr(values: Sequence[float]) -> Chart | None:
    """The chart of a series in its order; None for a series too short to have limits."""
    if len(values) < _FEWEST:
        return None
    series = tuple(values)
    average = sum(series) / len(series)
    ranges = [abs(after - before) for before, after in itertools.pairwise(series)]
    range_average = sum(ranges) / len(ranges)
    lower = max(0.0, average - _TO_LIMIT * range_average)
    upper = average + _TO_LIMIT * range_average
    return Chart(
        values=series,
        average=average,
        lower=lower,
        upper=upper,
        range_average=range_average,
        range_upper=_TO_RANGE_LIMIT * range_average,
        signals=_signals(series, average, lower, upper),
    )


def _signals(
    series: tuple[float, ...], average: float, lower: float, upper: float
) -> tuple[str, ...]:
    signals = ["" for _ in series]
    start = 0
    for place in range(1, len(series) + 1):
        ended = place == len(series) or _side(series[place], average) != _side(
            series[start], average
        )
        if ended:
            if place - start >= _RUN and _side(series[start], average):
                signals[start:place] = ["run"] * (place - start)
            start = place
    for place, value in enumerate(series):
        if not lower <= value <= upper:
            signals[place] = "outside"
    return tuple(signals)


def _side(value: float, average: float) -> int:
    return (value > average) - (value < average)
