"""Metrics of this process, in its own registry: numbers about work, never about a person."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    ProcessCollector,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0, generate_latest

CONTENT_TYPE = CONTENT_TYPE_PLAIN_1_0_0
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Default buckets: from one statement to a stuck dependency."""

Metric = TypeVar("Metric", Counter, Gauge, Histogram)

registry = CollectorRegistry()
ProcessCollector(registry=registry)
GCCollector(registry=registry)


class Children(dict[str | tuple[str, ...], Metric], Generic[Metric]):
    """The children of one labelled metric, made once: a lookup costs a dictionary access.

    `published = Children(counter(…, ("topic",)))`, then `published["care.spells.v1"].inc()`; with several
    labels `seen["GET", "200"].inc()`. Label values come from a small fixed set, for example topics and
    outcomes; never from a message.
    """

    def __init__(self, metric: Metric) -> None:
        super().__init__()
        self._child: Callable[..., Metric] = metric.labels

    def __missing__(self, key: str | tuple[str, ...]) -> Metric:
        child = self[key] = self._child(*((key,) if isinstance(key, str) else key))
        return child


def counter(name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
    """A number that only grows; the name ends in `_total`."""
    return Counter(name, meaning, labels, registry=registry)


def gauge(name: str, meaning: str, labels: Sequence[str] = ()) -> Gauge:
    """A number that goes up and down."""
    return Gauge(name, meaning, labels, registry=registry)


def histogram(
    name: str, meaning: str, labels: Sequence[str] = (), *, buckets: Sequence[float] = SECONDS
) -> Histogram:
    """How long or how large; the name ends in the unit, for example `_seconds`."""
    return Histogram(name, meaning, labels, registry=registry, buckets=buckets)


def exposition() -> bytes:
    """Everything measured, as Prometheus text."""
    return generate_latest(registry)
