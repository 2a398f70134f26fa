"""What became of tasks that were done together, in one table."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.outbound import task_views
from services.referral.usecases.bulk_tasks import BulkAct, Outcome, ShownOutcome

_KEEP = """
INSERT INTO done_together (bulk_id, task_id, act, done_at, done_by, refused)
SELECT $1, task_id, $2, $3, $4, refused FROM unnest($5::uuid[], $6::text[]) AS outcome (task_id, refused)
"""
_READ = """
SELECT task_id, act, refused FROM done_together WHERE bulk_id = $1 AND done_by = $2 ORDER BY refused = '', task_id
"""


class BulkTables:
    """Implements `usecases.bulk_tasks.Bulks`."""

    async def keep(
        self,
        connection: Connection,
        bulk_id: UUID,
        act: BulkAct,
        by: str,
        at: datetime,
        outcomes: Sequence[Outcome],
    ) -> None:
        tasks, refused = [one.task_id for one in outcomes], [one.refused for one in outcomes]
        await connection.execute(_KEEP, bulk_id, act, at, by, tasks, refused)

    async def read(
        self, connection: Connection, bulk_id: UUID, by: str, teams: frozenset[str] | None
    ) -> list[ShownOutcome]:
        rows = await connection.fetch(_READ, bulk_id, by)
        tasks = await task_views.by_ids(connection, [row["task_id"] for row in rows])
        theirs = {
            task_id: task
            for task_id, task in tasks.items()
            if teams is None or task.owner_team in teams
        }
        return [
            ShownOutcome(row["act"], row["refused"], theirs.get(row["task_id"])) for row in rows
        ]
