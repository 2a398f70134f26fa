"""The questions of the sweep, each one statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.connection import Connection

_COUNT = """
SELECT (SELECT count(*) FROM handovers WHERE state = 'open') AS handovers,
       (SELECT count(*) FROM offers WHERE state = 'offered') AS offers,
       count(*) AS tasks,
       count(*) FILTER (WHERE due_at <= clock_timestamp()) AS late_tasks
FROM tasks WHERE closed_at IS NULL
"""
_OWNERLESS = """
WITH owned AS (
    SELECT handover_id AS subject, owner_team AS team, owned_since AS since FROM handovers WHERE state = 'open'
    UNION ALL
    SELECT task_id, owner_team, owned_since FROM tasks WHERE closed_at IS NULL
)
SELECT subject FROM owned WHERE team <> ALL($1::text[])
UNION
SELECT subject FROM owned
WHERE NOT EXISTS (SELECT FROM ownership o WHERE o.subject = owned.subject AND o.since = owned.since AND o.team = owned.team)
UNION
SELECT subject FROM owned
WHERE EXISTS (SELECT FROM ownership o WHERE o.subject = owned.subject AND o.since > owned.since)
"""
# Whatever silence must be heard about: open tasks, offers to be answered by a time of their own, missing coordinators.
_TIMERLESS = """
WITH silent AS (
    SELECT $1::text AS kind, task_id AS subject, coalesce(rings_at, due_at) AS due_at FROM tasks WHERE closed_at IS NULL
    UNION ALL
    SELECT $2, offer_id, accept_by FROM offers WHERE state = 'offered' AND accept_by IS NOT NULL AND NOT unanswered
)
SELECT kind, subject, due_at FROM silent
WHERE NOT EXISTS (SELECT FROM timers t WHERE t.subject = silent.subject AND t.kind = silent.kind
                                         AND t.rung_at IS NULL AND t.cancelled_at IS NULL)
UNION ALL
SELECT $3, handover_id, opened_at + interval '24 hours' FROM handovers h
WHERE state = 'open' AND coordinator_state = 'missing'
  AND NOT EXISTS (SELECT FROM timers t WHERE t.subject = h.handover_id AND t.kind = $3)
"""


class WatchTables:
    """Implements `usecases.ports.Watch`."""

    async def count_open(self, connection: Connection) -> dict[str, int]:
        row = await connection.fetchrow(_COUNT)
        assert row is not None
        return dict(row)

    async def ownerless(self, connection: Connection, teams: Sequence[str]) -> list[UUID]:
        return [row["subject"] for row in await connection.fetch(_OWNERLESS, teams)]

    async def without_timer(
        self, connection: Connection, tasks: str, offers: str, coordinators: str
    ) -> list[tuple[str, UUID, datetime]]:
        rows = await connection.fetch(_TIMERLESS, tasks, offers, coordinators)
        return [(row["kind"], row["subject"], row["due_at"]) for row in rows]
