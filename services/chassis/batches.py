"""Doing many things in one go, without letting one bad thing spoil its neighbours."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from services.chassis.database import AWAY

I = TypeVar("I")  # noqa: E741  (the item)
O = TypeVar("O")  # noqa: E741  (its outcome)


async def isolating(
    items: Sequence[I],
    work: Callable[[Sequence[I]], Awaitable[None]],
    spoiled: Callable[[I, Exception], Awaitable[None]],
) -> None:
    """Run `work` over `items` in order; where a batch fails, halve it until the spoiling item stands alone.

    The lone item goes to `spoiled` and its neighbours through. Trouble of the kind `AWAY` is not an item's fault
    and is raised.
    """
    if not items:
        return
    try:
        await work(items)
    except AWAY:
        raise
    except Exception as error:
        if len(items) == 1:
            await spoiled(items[0], error)
            return
        middle = len(items) // 2
        await isolating(items[:middle], work, spoiled)
        await isolating(items[middle:], work, spoiled)


class GroupCommit(Generic[I, O]):
    """Items that arrive while one commit runs go together into the next: the batch follows the load, not a clock."""

    def __init__(
        self, work: Callable[[Sequence[I]], Awaitable[Sequence[O]]], *, limit: int = 200
    ) -> None:
        self._work = work
        self._limit = limit
        self._waiting: list[tuple[I, asyncio.Future[O]]] = []
        self._arrived = asyncio.Event()

    async def submit(self, item: I) -> O:
        """Hand in one item and wait for its own outcome; raises what its work raised."""
        outcome: asyncio.Future[O] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, outcome))
        self._arrived.set()
        return await outcome

    async def run(self) -> None:
        """Work for ever: take what is there, up to the limit."""
        while True:
            await self._arrived.wait()
            batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            if not self._waiting:
                self._arrived.clear()
            try:
                await self._settle(batch)
            except asyncio.CancelledError:
                for _, outcome in batch:
                    outcome.cancel()
                raise

    async def _settle(self, batch: list[tuple[I, asyncio.Future[O]]]) -> None:
        try:
            outcomes = await self._work([item for item, _ in batch])
        except AWAY as error:
            for _, outcome in batch:
                _fail(outcome, error)
        except Exception as error:
            if len(batch) == 1:
                _fail(batch[0][1], error)
                return
            middle = len(batch) // 2
            await self._settle(batch[:middle])
            await self._settle(batch[middle:])
        else:
            for (_, outcome), said in zip(batch, outcomes, strict=True):
                if not outcome.done():
                    outcome.set_result(said)


def _fail(outcome: asyncio.Future[O], error: Exception) -> None:
    if not outcome.done():
        outcome.set_exception(error)
