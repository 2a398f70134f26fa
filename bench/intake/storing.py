"""Storing through the real doors: how many a second are durable before they are answered, and at what memory."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from bench.generator import Sent, closed_loop
from bench.intake.house import House
from bench.intake.http import WebConnection
from bench.intake.messages import bundles, framed, hl7, posted
from bench.patients import patients

_PATIENCE = 60.0


@dataclass(frozen=True)
class Stored:
    """One load on one door."""

    messages: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    """Of the service, for each message: the same on a busy machine."""


def over_mllp(house: House, first: int, how_many: int, connections: int) -> Stored:
    """A03 of so many patients; `first` numbers them on from those that were there before."""
    people = patients(first + how_many)[first:]
    frames = framed(hl7(people, first, datetime.now(UTC)))
    used = _cpu_seconds(house)
    sent = closed_loop(house.mllp, frames, connections, _PATIENCE)
    return _summed_up(sent, _cpu_seconds(house) - used)


def over_http(house: House, first: int, how_many: int, connections: int) -> Stored:
    """Bundles, likewise."""
    people = patients(first + how_many)[first:]
    requests = posted(bundles(people, first), house.plan.keys.token)
    used = _cpu_seconds(house)
    sent = closed_loop(house.http, requests, connections, _PATIENCE, WebConnection)
    return _summed_up(sent, _cpu_seconds(house) - used)


def for_minutes(
    house: House, first: int, minutes: float, connections: int, tell: Callable[[str], None]
) -> list[tuple[int, float]]:
    """Messages over MLLP as fast as they are answered: how many so far, and the service's megabytes then."""
    process = psutil.Process(house.pid)
    seen = [(0, _megabytes(process))]
    began, done = time.monotonic(), 0
    while time.monotonic() - began < minutes * 60:
        done += over_mllp(house, first + done, 10_000, connections).messages
        seen.append((done, _megabytes(process)))
        tell(f"{done:,} stored, {seen[-1][1]:.0f} MB")
    return seen


def _megabytes(process: psutil.Process) -> float:
    return float(round(process.memory_info().rss / 2**20, 1))


def _cpu_seconds(house: House) -> float:
    times = psutil.Process(house.pid).cpu_times()
    return float(times.user + times.system)


def _summed_up(sent: Sent, cpu_seconds: float) -> Stored:
    waited = sorted(
        1000 * (answered - due) for due, answered in zip(sent.due, sent.answered, strict=True)
    )
    took = max(sent.answered) - min(sent.due)
    return Stored(
        messages=len(waited),
        per_second=round(len(waited) / took, 1),
        p50_ms=_at(waited, 0.50),
        p99_ms=_at(waited, 0.99),
        cpu_ms=round(1000 * cpu_seconds / len(waited), 3),
    )


def _at(waited: Sequence[float], share: float) -> float:
    return round(waited[min(len(waited) - 1, int(share * len(waited)))], 1)
