"""What was imported into the directory, what teams say of their load, and how teams were described, in three tables."""

from collections.abc import Mapping
from typing import Any

from services.chassis.connection import Connection
from services.referral.domain.organisations import Capacity
from services.referral.usecases.directory_records import Described, Kept, Published
from services.referral.usecases.keep_directory import TURN

_KEEP = """
INSERT INTO directory_versions (version, said_at, said_by, note, entries, added, changed, closed, moved)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_KEPT = """
SELECT version, said_at, said_by, note, entries, added, changed, closed, moved
FROM directory_versions ORDER BY version DESC
"""
# Whoever rings holds the timer before this lock, so everybody takes them in that order.
_WAIT_FOR_THE_TURN = """
SELECT FROM timers WHERE kind = $1 AND rung_at IS NULL AND cancelled_at IS NULL ORDER BY timer_id FOR UPDATE
"""
_PUBLISH = """
INSERT INTO team_capacity (team, state, until_day, note, said_at, said_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (team) DO UPDATE
SET state = excluded.state, until_day = excluded.until_day, note = excluded.note, said_at = excluded.said_at,
    said_by = excluded.said_by
"""
_DESCRIBE = """
INSERT INTO teams_described (team, said, described) SELECT * FROM unnest($1::text[], $2::integer[], $3::jsonb[])
ON CONFLICT (team) DO UPDATE SET said = excluded.said, described = excluded.described
"""


class DirectoryTables:
    """Implements `usecases.directory_ports.Imports`."""

    async def version(self, connection: Connection) -> int:
        return int(
            await connection.fetchval("SELECT coalesce(max(version), 0) FROM directory_versions")
        )

    async def lock(self, connection: Connection) -> None:
        await connection.execute(_WAIT_FOR_THE_TURN, TURN)
        await connection.execute("LOCK TABLE directory_versions IN SHARE ROW EXCLUSIVE MODE")

    async def entries(self, connection: Connection) -> list[Mapping[str, Any]]:
        rows = await connection.fetch("SELECT entries FROM directory_versions ORDER BY version")
        return [row["entries"] for row in rows]

    async def keep(self, connection: Connection, imported: Kept) -> None:
        await connection.execute(
            _KEEP,
            imported.version,
            imported.said_at,
            imported.said_by,
            imported.note,
            imported.entries,
            imported.added,
            imported.changed,
            imported.closed,
            imported.moved,
        )

    async def kept(self, connection: Connection) -> list[Kept]:
        return [Kept(**row) for row in await connection.fetch(_KEPT)]

    async def capacities(self, connection: Connection) -> dict[str, Capacity]:
        rows = await connection.fetch("SELECT team, state, until_day, note FROM team_capacity")
        return {row["team"]: Capacity(row["state"], row["until_day"], row["note"]) for row in rows}

    async def publish(self, connection: Connection, said: Published) -> None:
        capacity = said.capacity
        await connection.execute(
            _PUBLISH,
            said.team,
            capacity.state,
            capacity.until,
            capacity.note,
            said.said_at,
            said.said_by,
        )

    async def described(self, connection: Connection) -> dict[str, Described]:
        rows = await connection.fetch("SELECT team, said, described FROM teams_described")
        return {row["team"]: Described(row["said"], row["described"]) for row in rows}

    async def describe(self, connection: Connection, described: Mapping[str, Described]) -> None:
        await connection.execute(
            _DESCRIBE,
            list(described),
            [one.said for one in described.values()],
            [one.words for one in described.values()],
        )
