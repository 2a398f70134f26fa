"""Find whose queues somebody looks after because they are too long (A43)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.connection import Connection
from services.referral.domain.queues import Queue, Queues
from services.referral.usecases.measures import QUEUE_AGE, QUEUE_COVERED, QUEUE_DEPTH


@dataclass(frozen=True, slots=True)
class Depth:
    """What waits for a team: offers without an answer, and tasks that nobody has taken or started."""

    waiting: int
    since: datetime | None
    """Since when the oldest of it has waited."""


class QueueCounts(Protocol):
    """What waits, counted in the tables."""

    async def covered(
        self, connection: Connection, queues: Sequence[Queue], person: str
    ) -> frozenset[str]:
        """The teams among these whose queue is over its limit, or of whose tasks this person has one."""
        ...

    async def depths(self, connection: Connection) -> Mapping[str, Depth]:
        """Every team that something waits for."""
        ...


async def find_covered(
    connection: Connection,
    teams: frozenset[str],
    person: str,
    *,
    queues: Queues,
    counts: QueueCounts,
) -> frozenset[str]:
    """Teams that these teams look after for now; a deputy keeps what they took until it is done."""
    to_help = queues.to_help(teams)
    return await counts.covered(connection, to_help, person) if to_help else frozenset()


async def measure_queues(
    connection: Connection,
    teams: Sequence[str],
    now: datetime,
    *,
    queues: Queues,
    counts: QueueCounts,
) -> None:
    """Tell the operator how long each team's queue is, how old, and whether a deputy sees it too."""
    depths = await counts.depths(connection)
    for team in teams:
        depth = depths.get(team, Depth(0, None))
        QUEUE_DEPTH[team].set(depth.waiting)
        QUEUE_AGE[team].set((now - depth.since).total_seconds() if depth.since else 0)
        queue = queues.by_team.get(team)
        if queue:
            QUEUE_COVERED[team].set(depth.waiting > queue.limit)
