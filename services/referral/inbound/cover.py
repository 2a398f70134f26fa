"""Queues that are too long: whose the asker looks after, and what the operator is told of all of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis.access import Actor
from services.chassis.database import AWAY, Database
from services.chassis.log import get_logger
from services.referral.domain.queues import Queues
from services.referral.inbound.requests import Cover
from services.referral.usecases.find_deputies import QueueCounts, find_covered, measure_queues

A_MINUTE = 60.0

_log = get_logger()


def cover_of(database: Database, queues: Queues, counts: QueueCounts) -> Cover:
    """What `requests` asks at each request: a deputy's list changes when the queue does.

    It costs nothing for those who are nobody's deputy.
    """

    async def covered(actor: Actor) -> frozenset[str]:
        if not queues.to_help(actor.teams):
            return frozenset()
        async with database.reading() as connection:
            return await find_covered(
                connection, actor.teams, actor.ref, queues=queues, counts=counts
            )

    return covered


@dataclass(frozen=True, slots=True)
class QueueWatch:
    """Measures every team's queue, so that the operator sees a backlog before patients do."""

    database: Database
    teams: Sequence[str]
    queues: Queues
    counts: QueueCounts

    async def look(self) -> None:
        """Measure once."""
        async with self.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            await measure_queues(
                connection, self.teams, now, queues=self.queues, counts=self.counts
            )

    async def for_ever(self) -> None:
        """A background loop, once a minute; the database may be away meanwhile."""
        while True:
            try:
                await self.look()
            except AWAY as error:
                _log.warning("queues.wait", error=type(error).__name__)
            await asyncio.sleep(A_MINUTE)
