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
_TIMERLESS = """
SELECT task_id, coalesce(rings_at, due_at) AS due_at FROM tasks
WHERE closed_at IS NULL
  AND NOT EXISTS (SELECT FROM timers WHERE subject = task_id AND kind = $1 AND rung_at IS NULL AND cancelled_at IS NULL)
"""


class WatchTables:
    """Implements `usecases.ports.Watch`."""

    async def count_open(self, connection: Connection) -> dict[str, int]:
        row = await connection.fetchrow(_COUNT)
        assert row is not None
        return dict(row)

    async def ownerless(self, connection: Connection, teams: Sequence[str]) -> list[UUID]:
        return [row["subject"] for row in await connection.fetch(_OWNERLESS, teams)]

    async def tasks_without_timer(
        self, connection: Connection, kind: str
    ) -> list[tuple[UUID, datetime]]:
        rows = await connection.fetch(_TIMERLESS, kind)
        return [(row["task_id"], row["due_at"]) for row in rows]
