"""The register of missing results from the tables: one statement over small indexes of what is open."""

from collections.abc import Iterable
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.outbound.task_views import read_tasks
from services.referral.usecases.result_views import RegisterAsked, RegisterPage
from services.referral.usecases.views import TaskView

# `place` orders: what is late stands below zero, the newest first; what is to come above it, the nearest first.
PAGE = """
WITH found AS (
    SELECT task_id, due_at FROM tasks
    WHERE owner_team = ANY($1::text[]) AND closed_at IS NULL AND ordered_by <> ''
    UNION
    SELECT task_id, due_at FROM tasks
    WHERE ordered_by = ANY($1) AND closed_at IS NULL AND ordered_by <> ''
    UNION
    SELECT t.task_id, t.due_at FROM tasks t JOIN offers o USING (offer_id)
    WHERE o.team = ANY($1) AND o.state = 'offered'
      AND t.closed_at IS NULL AND t.ordered_by <> '' AND t.offer_id IS NOT NULL
),
placed AS (
    SELECT task_id, date_part('epoch', due_at) * CASE WHEN due_at <= now() THEN -1 ELSE 1 END AS place FROM found
),
page AS (
    SELECT task_id, place FROM placed
    WHERE $2::float8 IS NULL OR (place, task_id) > ($2, $3::uuid)
    ORDER BY place, task_id LIMIT $4
)
SELECT shown.*, page.place
FROM page CROSS JOIN LATERAL (SELECT * FROM shown_tasks s WHERE s.task_id = page.task_id OFFSET 0) AS shown
ORDER BY place, shown.task_id
"""
_OF_STAY = """
SELECT shown.*
FROM handovers h JOIN tasks t USING (handover_id)
CROSS JOIN LATERAL (SELECT * FROM shown_tasks s WHERE s.task_id = t.task_id OFFSET 0) AS shown
WHERE h.spell_id = $1 AND t.closed_at IS NULL AND t.ordered_by <> ''
  AND ($2::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($2) AND p.handover_id = h.handover_id))
ORDER BY t.due_at, t.task_id
"""


class ResultTables:
    """Implements `usecases.result_views.Register`."""

    def __init__(self, everybody: Iterable[str]) -> None:
        self._everybody = sorted(everybody)

    async def page(self, connection: Connection, asked: RegisterAsked) -> RegisterPage:
        teams = self._everybody if asked.teams is None else sorted(asked.teams)
        place, task_id = asked.after or (None, None)
        rows = await connection.fetch(PAGE, teams, place, task_id, asked.limit + 1)
        shown = rows[: asked.limit]
        last = (shown[-1]["place"], shown[-1]["task_id"]) if len(rows) > len(shown) else None
        return RegisterPage(read_tasks(shown), last)

    async def of_stay(
        self, connection: Connection, spell_id: UUID, teams: frozenset[str] | None
    ) -> list[TaskView]:
        of = None if teams is None else sorted(teams)
        return read_tasks(await connection.fetch(_OF_STAY, spell_id, of))
