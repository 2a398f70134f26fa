"""What every Kafka broker on this machine can be asked, whichever it is."""

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Protocol

DURABLE = "durable"  # what was acknowledged survives kill -9
LONG_POLL = "long-poll"  # an empty fetch waits instead of answering at once
REBALANCE = "rebalance"  # members may join and leave a group in every way of committing
RESTART = "restart"  # it can be stopped and started again with its log
TRANSACTIONS = "transactions"

EVERYTHING = frozenset({DURABLE, LONG_POLL, REBALANCE, RESTART, TRANSACTIONS})


class Broker(Protocol):
    @property
    def bootstrap(self) -> str:
        """Where clients connect, as host:port; known once it has started."""

    @property
    def capabilities(self) -> AbstractSet[str]: ...

    def describe(self) -> str:
        """One sentence for a person: which broker this is."""

    def start(self, data_dir: Path) -> None:
        """Start, on the log that is in the folder if there is one, and return when it serves."""

    def stop(self) -> None:
        """End in order."""

    def kill(self) -> None:
        """End as a power cut would."""
