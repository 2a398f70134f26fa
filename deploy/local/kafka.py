"""Which Kafka this machine gets: a named one, or the best there is."""

import re
from pathlib import Path

from deploy.local.apache_kafka import ApacheKafka
from deploy.local.broker import DURABLE, LONG_POLL, REBALANCE, TRANSACTIONS, Broker
from deploy.local.dev_broker import DevBroker
from deploy.local.docker_kafka import DockerKafka, docker_answers
from deploy.local.java import OLDEST, java_version
from deploy.local.kafka_jars import can_get_jars

__all__ = ["ApacheKafka", "Broker", "DevBroker", "DockerKafka", "GivenKafka", "choose_broker"]

_ADDRESS = re.compile(r"[^:\s]+:\d+")


class GivenKafka:
    """A broker that somebody else runs: it is used, and never started or ended."""

    capabilities = frozenset({DURABLE, LONG_POLL, REBALANCE, TRANSACTIONS})

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def describe(self) -> str:
        return f"Kafka at {self.bootstrap}"

    def start(self, data_dir: Path) -> None: ...

    def stop(self) -> None: ...

    def kill(self) -> None:
        raise NotImplementedError(f"{self.describe()} is not ours to kill")


def choose_broker(kind: str = "auto", port: int | None = None) -> Broker:
    """Give a broker that is not started yet: auto, apache, dev, docker or an address."""
    if _ADDRESS.fullmatch(kind):
        return GivenKafka(kind)
    match kind:
        case "auto":
            return _best(port)
        case "apache":
            return ApacheKafka(port)
        case "docker":
            return DockerKafka(port)
        case "dev":
            return DevBroker(port)
    raise ValueError(f"{kind!r} is no Kafka: say auto, apache, dev, docker or HOST:PORT")


def _best(port: int | None) -> Broker:
    if docker_answers():
        return DockerKafka(port)
    if java_version() >= OLDEST and can_get_jars():
        return ApacheKafka(port)
    return DevBroker(port)
