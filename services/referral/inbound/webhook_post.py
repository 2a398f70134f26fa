"""The background loop that sends webhooks: many at once, few of each subscription."""

import asyncio

from services.chassis.database import AWAY
from services.chassis.log import get_logger
from services.referral.usecases.deliver_webhooks import Deliveries
from services.referral.usecases.webhook_records import Due

MOST = 32
"""Messages on their way at the same time."""
A_MOMENT = 1.0

_log = get_logger()


class WebhookPost:
    """Takes what is due to whom it is for."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._on_the_way: dict[asyncio.Task[None], Due] = {}

    async def run(self) -> None:
        """For ever. What is on its way when this ends goes out again a minute later, under the same id."""
        try:
            while True:
                try:
                    await self.look()
                except AWAY as error:
                    _log.warning("webhooks.wait", error=type(error).__name__)
                await asyncio.sleep(A_MOMENT)
        finally:
            await self.stop()

    async def look(self) -> int:
        """Start what is due, as far as there is room; gives how many were started."""
        room = MOST - len(self._on_the_way)
        if room <= 0:
            return 0
        # A round starts a few of each subscription, and none while any of its last round are on their way.
        busy = {due.subscription_id for due in self._on_the_way.values()}
        found = await self._deliveries.claim(sorted(busy), room)
        for due in found:
            task = asyncio.create_task(self._deliver(due))
            self._on_the_way[task] = due
            task.add_done_callback(self._on_the_way.pop)
        return len(found)

    async def _deliver(self, due: Due) -> None:
        """What cannot be settled now is sent again when its lease has passed."""
        try:
            await self._deliveries.deliver(due)
        except AWAY as error:
            _log.warning("webhooks.wait", error=type(error).__name__)

    async def stop(self) -> None:
        """Let go of what is on its way."""
        for task in self._on_the_way:
            task.cancel()
        await self.settle_all()

    async def settle_all(self) -> None:
        """Wait for what is on its way."""
        while self._on_the_way:
            await asyncio.wait(list(self._on_the_way))
