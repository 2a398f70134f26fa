"""From pairs to figures: medians, and ratios taken pair by pair."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.pairs import Pair
from bench.run import Run
from services.console.site.keys import SERVICES


@dataclass(frozen=True)
class Spread:
    """The median of some values, and all of them."""

    median: float
    values: Sequence[float]

    def __str__(self) -> str:
        return f"{self.median:.2f} ({min(self.values):.2f}–{max(self.values):.2f})"


@dataclass(frozen=True)
class Compared:
    """One figure of both programs, and the median of its pairwise ratios."""

    product: float
    floor: float
    ratio: Spread


@dataclass(frozen=True)
class Load:
    """Times and CPU at one steady load, in milliseconds."""

    p50: Compared
    p99: Compared
    ack_p50: Compared
    ack_p99: Compared
    cpu_ms: Compared
    """Of CPU for each discharge, the generator left out."""


@dataclass(frozen=True)
class Figures:
    """What a bench says."""

    pairs: Sequence[Pair]
    throughput: Compared
    cpu_ms: Compared
    """Of CPU for each discharge, the generator left out."""
    loads: Mapping[int, Load]
    idle: Mapping[str, float]
    """Percent of a core at rest."""
    peak_mb: Mapping[str, Compared]

    @property
    def ratio(self) -> Spread:
        """Throughput as a share of the floor's."""
        return self.throughput.ratio

    @property
    def idle_services(self) -> dict[str, float]:
        """The same for the services alone."""
        return {name: self.idle[name] for name in SERVICES if name in self.idle}

    def cpu_by_part(self, program: Callable[[Pair], Run]) -> dict[str, float]:
        """Median milliseconds of CPU for each discharge, by part."""
        runs = [program(pair) for pair in self.pairs]
        return {part: statistics.median(run.cpu[part] for run in runs) for part in runs[0].cpu}


def figures(pairs: Sequence[Pair]) -> Figures:
    """Sum up pairs that may be used; there must be one at least."""
    rates = pairs[0].floor.latency
    return Figures(
        pairs=pairs,
        throughput=_compare(pairs, lambda run: run.per_second),
        cpu_ms=_compare(pairs, lambda run: run.cpu_ms),
        loads={rate: _load(pairs, rate) for rate in rates},
        idle=next((pair.product.idle for pair in pairs if pair.product.idle), {}),
        peak_mb={name: _memory(pairs, name) for name in SERVICES},
    )


def _load(pairs: Sequence[Pair], rate: int) -> Load:
    return Load(
        p50=_compare(pairs, lambda run: run.latency[rate].p50),
        p99=_compare(pairs, lambda run: run.latency[rate].p99),
        ack_p50=_compare(pairs, lambda run: run.latency[rate].ack_p50),
        ack_p99=_compare(pairs, lambda run: run.latency[rate].ack_p99),
        cpu_ms=_compare(pairs, lambda run: run.latency[rate].cpu_ms),
    )


def _memory(pairs: Sequence[Pair], service: str) -> Compared:
    return _compare(pairs, lambda run: run.peak_mb[service])


def _compare(pairs: Sequence[Pair], figure: Callable[[Run], float]) -> Compared:
    ratios = [figure(pair.product) / figure(pair.floor) for pair in pairs]
    return Compared(
        product=statistics.median(figure(pair.product) for pair in pairs),
        floor=statistics.median(figure(pair.floor) for pair in pairs),
        ratio=Spread(statistics.median(ratios), ratios),
    )
