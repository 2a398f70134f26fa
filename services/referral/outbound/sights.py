"""First looks of teams, each noted once together with its line in the history."""

from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.ids import new_id
from services.referral.usecases.see import Looked

_ADD = """
WITH first AS (
    INSERT INTO seen (subject, team, handover_id, seen_at, seen_by)
    SELECT $1, team, handover_id, clock_timestamp(), $4 FROM parties
    WHERE handover_id = $2 AND team = ANY($3::text[])
      AND NOT EXISTS (SELECT FROM seen s WHERE s.subject = $1 AND s.team = parties.team)
    ORDER BY team LIMIT 1
    ON CONFLICT DO NOTHING
    RETURNING subject, team, handover_id, seen_at, seen_by
)
INSERT INTO history (handover_id, entry_id, at, what, subject, team, by_whom)
SELECT handover_id, $5, seen_at, $6, subject, team, seen_by FROM first
"""


class SightTables:
    """Implements `usecases.see.Sights`."""

    async def add(
        self,
        connection: Connection,
        teams: frozenset[str],
        person: str,
        handover_id: UUID,
        what: Looked,
        subject: UUID,
    ) -> None:
        await connection.execute(
            _ADD, subject, handover_id, sorted(teams), person, new_id(), f"{what}.seen"
        )
