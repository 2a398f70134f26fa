"""How much waits for each team: counted no further than its limit where only that matters."""

from collections.abc import Mapping, Sequence

from services.chassis.connection import Connection
from services.referral.domain.queues import Queue
from services.referral.usecases.find_deputies import Depth

_COVERED = """
SELECT queue.team FROM unnest($1::text[], $2::int[]) AS queue (team, most)
WHERE (SELECT count(*) FROM (
           (SELECT FROM tasks WHERE owner_team = queue.team AND closed_at IS NULL AND status = 'accepted' AND owner_person = ''
            LIMIT queue.most + 1)
           UNION ALL
           (SELECT FROM offers WHERE team = queue.team AND state = 'offered' LIMIT queue.most + 1)
       ) AS waiting) > queue.most
   OR EXISTS (SELECT FROM tasks WHERE owner_team = queue.team AND closed_at IS NULL AND owner_person = $3)
"""
_DEPTHS = """
SELECT team, sum(waiting)::int AS waiting, min(since) AS since FROM (
    SELECT owner_team AS team, count(*) AS waiting, min(owned_since) AS since FROM tasks
    WHERE closed_at IS NULL AND status = 'accepted' AND owner_person = '' GROUP BY owner_team
    UNION ALL
    SELECT o.team, count(*), min(h.opened_at) FROM offers o JOIN handovers h USING (handover_id)
    WHERE o.state = 'offered' GROUP BY o.team
) AS parts GROUP BY team
"""


class QueueTables:
    """Implements `usecases.find_deputies.QueueCounts`."""

    async def covered(
        self, connection: Connection, queues: Sequence[Queue], person: str
    ) -> frozenset[str]:
        teams, limits = [queue.team for queue in queues], [queue.limit for queue in queues]
        rows = await connection.fetch(_COVERED, teams, limits, person)
        return frozenset(row["team"] for row in rows)

    async def depths(self, connection: Connection) -> Mapping[str, Depth]:
        rows = await connection.fetch(_DEPTHS)
        return {row["team"]: Depth(row["waiting"], row["since"]) for row in rows}
