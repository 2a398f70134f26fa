"""How fast the machine is right now: a Python loop and a small durable write."""

import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_ROUNDS = 5
_STEPS = 200_000
_WRITES = 60
_PAGE = b"\0" * 8192


@dataclass(frozen=True)
class Calibration:
    """Two figures that say whether runs may be compared."""

    loop_ms: float
    """A fixed piece of Python, the median of some rounds."""
    fdatasync_ms: float
    """Writing 8 kB durably, the median of some writes."""

    def drift(self, other: "Calibration") -> float:
        """How far the machine's speed is apart between two moments: 0.15 is 15 %."""
        return max(self.loop_ms, other.loop_ms) / min(self.loop_ms, other.loop_ms) - 1


def calibrate(folder: Path) -> Calibration:
    """Measure, in about a quarter of a second."""
    return Calibration(
        loop_ms=statistics.median(_loop() for _ in range(_ROUNDS)) * 1000,
        fdatasync_ms=statistics.median(_writes(folder)) * 1000,
    )


def _loop() -> float:
    began = time.perf_counter()
    total = 0
    for step in range(_STEPS):
        total += step * step % 7
    return time.perf_counter() - began


def _writes(folder: Path) -> list[float]:
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_WRITES):
            began = time.perf_counter()
            file.write(_PAGE)
            file.flush()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return took
