"""Which team had its digest on which day, in PostgreSQL."""

from collections.abc import Collection
from datetime import date

from services.chassis.connection import Connection

_TAKE_DAY = """
INSERT INTO digests (team, day) SELECT team, $2 FROM unnest($1::text[]) AS said (team)
ON CONFLICT (team, day) DO NOTHING RETURNING team
"""


async def take_day(connection: Connection, teams: Collection[str], day: date) -> set[str]:
    """Let these teams have their digest of this day; returns those that had none yet."""
    if not teams:
        return set()
    rows = await connection.fetch(_TAKE_DAY, sorted(teams), day)
    return {row["team"] for row in rows}
