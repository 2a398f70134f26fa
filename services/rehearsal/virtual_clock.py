"""A database whose clock stands where we put it: migrations, defaults, views and timers all read the same one."""

from datetime import UTC, datetime

import asyncpg

BEFORE_EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)
_READERS = ("clock_timestamp", "statement_timestamp", "transaction_timestamp", "now")

_CLOCK = """
CREATE SCHEMA virtual;
CREATE TABLE virtual.clock (at timestamptz NOT NULL);
CREATE UNIQUE INDEX there_is_one_clock ON virtual.clock ((true));
GRANT USAGE ON SCHEMA virtual TO PUBLIC;
GRANT SELECT ON virtual.clock TO PUBLIC;
"""

# The name decides: whatever is created or asked from now on finds our function under it.
_REPLACE = """
ALTER FUNCTION pg_catalog.{name}() RENAME TO real_{name};
CREATE FUNCTION pg_catalog.{name}() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT at FROM virtual.clock';
"""


async def install(connection: asyncpg.Connection) -> None:
    """Replace the clock of this database, as its superuser and before anything else is created in it.

    Only ever in a database that is thrown away: its time is not that of the world any more.
    """
    await connection.execute(_CLOCK)
    await connection.execute("INSERT INTO virtual.clock (at) VALUES ($1)", BEFORE_EVERYTHING)
    for name in _READERS:
        await connection.execute(_REPLACE.format(name=name))


class VirtualClock:
    """The clock of one database."""

    def __init__(self, connection: asyncpg.Connection, starts: datetime) -> None:
        self._connection = connection
        self.now = starts

    async def turn_to(self, at: datetime) -> None:
        """Let it be `at` from now on."""
        self.now = at
        await self._connection.execute("UPDATE virtual.clock SET at = $1", at)
