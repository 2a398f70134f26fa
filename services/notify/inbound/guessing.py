"""A limit on wrong links: whoever tries many that do not exist must wait."""

from collections import OrderedDict, deque
from typing import Final

MOST_MISSES: Final = 10
WINDOW_SECONDS: Final = 60.0
_MOST_REMEMBERED: Final = 10_000


class Guessing:
    """Counts misses by client, in memory and for one process.

    Tokens are 256 bits, so guessing is hopeless anyway; this keeps it from costing us anything. `now` is a
    monotonic clock in seconds.
    """

    def __init__(self) -> None:
        self._misses: OrderedDict[str, deque[float]] = OrderedDict()

    def must_wait(self, client: str, now: float) -> bool:
        """Whether this client missed too often lately."""
        misses = self._misses.get(client)
        if misses is None:
            return False
        while misses and misses[0] <= now - WINDOW_SECONDS:
            misses.popleft()
        return len(misses) >= MOST_MISSES

    def note_miss(self, client: str, now: float) -> None:
        """Remember a link that does not exist; the clients that missed longest ago are forgotten first."""
        self._misses.setdefault(client, deque(maxlen=MOST_MISSES)).append(now)
        self._misses.move_to_end(client)
        if len(self._misses) > _MOST_REMEMBERED:
            self._misses.popitem(last=False)
