"""How long an event loop was held up at a stretch."""

import asyncio
import time
from types import TracebackType
from typing import Self


class LoopLag:
    """Feels the pulse of the running loop while its block lasts."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds of this thread's own processor time between two beats: other work on the machine does not count."""
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._beat())
        await asyncio.sleep(0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._beating is not None
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)

    async def _beat(self) -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            self.longest = max(self.longest, time.thread_time() - before)
            await asyncio.sleep(0.0005)
