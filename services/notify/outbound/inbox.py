"""The alerts of teams, as lists for people."""

from collections.abc import Collection

from services.chassis.connection import Connection
from services.notify.usecases.records import AlertView

_READ = """
SELECT alert_id, handover_id, team, kind, urgent, task_count, due_at, because, milestone, about_team,
       digest, made_at, state, reason,
       acknowledged_at, acknowledged_by, standing = 'withdrawn' AND kind <> 'withdrawn' AS overtaken
FROM alerts JOIN plans USING (handover_id)
WHERE audience = 'team' AND state <> 'revoked' AND ($1::text[] IS NULL OR team = ANY($1))
ORDER BY acknowledged_at IS NOT NULL OR standing = 'withdrawn' AND kind <> 'withdrawn', kind = 'withdrawn' DESC,
         urgent DESC, alert_id DESC
LIMIT $2 OFFSET $3
"""


async def read(
    connection: Connection, teams: Collection[str] | None, limit: int, offset: int
) -> list[AlertView]:
    """Alerts for teams (None: every team): what wants attention first, and of that what says stop."""
    rows = await connection.fetch(_READ, None if teams is None else list(teams), limit, offset)
    return [AlertView(**row) for row in rows]
