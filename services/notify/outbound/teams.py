"""What referral says of teams, in PostgreSQL: it counts before the data file."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from services.chassis.connection import Connection
from services.notify.usecases.records import DescribedTeam

_KEEP = """
INSERT INTO teams (team, name, phone, email, active, described_at)
SELECT team, name, phone, email, active, described_at
FROM jsonb_to_recordset($1) AS said (
    team text, name text, phone text, email text, active boolean, described_at timestamptz)
ORDER BY team
ON CONFLICT (team) DO UPDATE SET
    name = excluded.name, phone = excluded.phone, email = excluded.email, active = excluded.active,
    described_at = excluded.described_at
WHERE teams.described_at <= excluded.described_at
"""

_FIND = """
SELECT team, name, phone, email, active, described_at FROM teams WHERE team = ANY($1::text[])
"""


async def keep(connection: Connection, described: Sequence[DescribedTeam]) -> None:
    """Keep the latest word on each team; older words than what is known change nothing."""
    if described:
        await connection.execute(_KEEP, [asdict(one) for one in described])


async def find(connection: Connection, teams: Collection[str]) -> list[DescribedTeam]:
    """What was said of these teams, as far as something was."""
    rows = await connection.fetch(_FIND, list(teams)) if teams else []
    return [DescribedTeam(**row) for row in rows]
