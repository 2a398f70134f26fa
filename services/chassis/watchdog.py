"""Ends a process that looks well and does nothing: a restart is the one recovery that always works."""

import asyncio
import os
import time
from collections.abc import Callable

from services.chassis.listener import Listener
from services.chassis.log import get_logger

_log = get_logger()
_EVERY = 5.0
PATIENCE = 60.0
"""Seconds without any sign of progress before the process ends."""
EXIT_STATUS = 70


class Watchdog:
    """Looks at the consumer, which may be dead while its broker object still says that it runs."""

    def __init__(self, listener: Listener, end: Callable[[int], None] = os._exit) -> None:
        self._listener = listener
        self._end = end

    def verdict(self) -> str | None:
        """None while there is progress, else what is wrong."""
        kafka = self._listener.kafka
        if kafka is None:
            return None
        if self._listener.loop_ended:
            return "the consume loop has ended"
        silent = time.monotonic() - max(kafka.last_poll, self._listener.last_progress)
        if silent > PATIENCE:
            return f"no progress for {silent:.0f} s"
        return None

    async def run(self) -> None:
        """Watch for ever; end the process when the verdict is bad."""
        while True:
            await asyncio.sleep(_EVERY)
            verdict = self.verdict()
            if verdict is not None:
                _log.critical("watchdog.ends_process", verdict=verdict)
                self._end(EXIT_STATUS)
