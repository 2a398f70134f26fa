"""An XmR chart as lines and points in a picture; the table beside it says the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.referral.domain.process_chart import Chart

WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 28


@dataclass(frozen=True, slots=True)
class Point:
    """A value in the picture."""

    x: float
    y: float
    signal: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level line and its name."""

    y: float
    name: str
    hours: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws."""

    points: Sequence[Point]
    path: str
    levels: Sequence[Level]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT


def draw(chart: Chart) -> Drawing:
    """Put a chart into the picture."""
    top = max(*chart.values, chart.upper) * 1.05 or 1.0
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(chart.values) - 1)

    def height(value: float) -> float:
        return round(HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM), 1)

    points = [
        Point(round(_LEFT + place * step, 1), height(value), signal)
        for place, (value, signal) in enumerate(zip(chart.values, chart.signals, strict=True))
    ]
    path = " ".join(f"{point.x},{point.y}" for point in points)
    levels = [
        Level(height(chart.upper), "Upper limit", chart.upper),
        Level(height(chart.average), "Average", chart.average),
        Level(height(chart.lower), "Lower limit", chart.lower),
    ]
    return Drawing(points, path, levels)
