"""Where open work is: with which teams."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.connection import Connection

_WITH_TEAMS = """
SELECT handover_id FROM handovers WHERE state = 'open' AND owner_team = ANY($1::text[])
UNION
SELECT handover_id FROM tasks t JOIN handovers h USING (handover_id)
WHERE t.closed_at IS NULL AND t.owner_team = ANY($1) AND h.state = 'open'
UNION
SELECT handover_id FROM offers o JOIN handovers h USING (handover_id)
WHERE o.state = 'offered' AND o.team = ANY($1) AND h.state = 'open'
ORDER BY handover_id
"""


class HomeTables:
    """Implements `usecases.directory_ports.Homes`."""

    async def with_teams(self, connection: Connection, teams: Sequence[str]) -> list[UUID]:
        return [row["handover_id"] for row in await connection.fetch(_WITH_TEAMS, list(teams))]
