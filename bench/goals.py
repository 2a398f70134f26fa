"""What Baton promises to reach, as ratios to the floor of the same bench."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.figures import Figures

LEAST_SHARE = 0.30
MOST_TIMES_P99 = 5.0
MOST_IDLE = 1.0
AT = 200
"""Discharges a second at which latency is judged."""


@dataclass(frozen=True)
class Goal:
    """One promise and whether it was kept."""

    what: str
    reached: str
    kept: bool


def goals(figures: Figures) -> Sequence[Goal]:
    """Each goal with what was reached."""
    found = [
        Goal(
            f"throughput at least {LEAST_SHARE:.2f} of the floor",
            f"{figures.ratio.median:.2f}",
            figures.ratio.median >= LEAST_SHARE,
        )
    ]
    if AT in figures.loads:
        times = figures.loads[AT].p99.ratio.median
        found.append(
            Goal(
                f"p99 at {AT}/s less than {MOST_TIMES_P99:g} times the floor's",
                f"{times:.1f}",
                times < MOST_TIMES_P99,
            )
        )
    found += [
        Goal(
            f"{service} at rest uses less than {MOST_IDLE:g} % of a core",
            f"{used:.2f} %",
            used < MOST_IDLE,
        )
        for service, used in figures.idle_services.items()
    ]
    return found
