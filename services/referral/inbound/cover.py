"""Whose queues the asker looks after, looked up at each request: a deputy's list changes when the queue does."""

from services.chassis.access import Actor
from services.chassis.database import Database
from services.referral.domain.queues import Queues
from services.referral.inbound.requests import Cover
from services.referral.usecases.find_deputies import QueueCounts, find_covered


def cover_of(database: Database, queues: Queues, counts: QueueCounts) -> Cover:
    """What `requests` asks; it costs nothing for those who are nobody's deputy."""

    async def covered(actor: Actor) -> frozenset[str]:
        if not queues.to_help(actor.teams):
            return frozenset()
        async with database.reading() as connection:
            return await find_covered(
                connection, actor.teams, actor.ref, queues=queues, counts=counts
            )

    return covered
