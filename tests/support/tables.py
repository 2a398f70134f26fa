"""A service's tables, made once in a run and as good as new for each test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from services.chassis.database import Database, open_database
from services.chassis.migrate import migrate
from services.console.site.database import ROLES
from tests.support.postgres import Database as TestDatabase

PASSWORD = "for this test run only"
_ROLES = [f"{who}{kind}" for who in ("discharge", "referral", "notify") for kind in ("", "_owner")]

# The rows that the migrations wrote themselves are kept aside, to be there again.
_KEEP = """
DO $$
DECLARE
    name text;
    has_rows boolean;
BEGIN
    CREATE SCHEMA as_migrated;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = '{service}' AND tablename <> 'migrations'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM {service}.%I)', name) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('CREATE TABLE as_migrated.%1$I AS TABLE {service}.%1$I', name);
        END IF;
    END LOOP;
END $$
"""

# A deleted row costs microseconds; a truncated table, or a new database, has to make its files anew. Whoever keeps
# its own history or refuses to be deleted is not asked, and what a test left running is ended.
_AS_MIGRATED = """
DO $$
DECLARE
    name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND state <> 'idle';
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = '{service}' AND tablename <> 'migrations'
    LOOP
        EXECUTE format('DELETE FROM {service}.%I', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'as_migrated' LOOP
        EXECUTE format('INSERT INTO {service}.%1$I SELECT * FROM as_migrated.%1$I', name);
    END LOOP;
END $$
"""


async def make_roles(database: TestDatabase) -> None:
    """The roles of a site, with a password."""
    passwords = {f"baton.{role}_password": PASSWORD for role in _ROLES}
    connection = await asyncpg.connect(database.dsn, server_settings=passwords)
    await connection.execute(ROLES.read_text(encoding="utf-8"))
    await connection.close()


async def make_tables(database: TestDatabase, service: str) -> None:
    """The tables of a service, as its owner makes them."""
    await make_roles(database)
    await migrate(database.dsn_of(f"baton_{service}_owner", PASSWORD), service)
    connection = await asyncpg.connect(database.dsn)
    await connection.execute(_KEEP.format(service=service))
    await connection.close()


@asynccontextmanager
async def as_migrated(database: TestDatabase, service: str) -> AsyncIterator[Database]:
    """The tables as the migrations left them, opened with the rights of the service and no more."""
    connection = await asyncpg.connect(database.dsn)
    await connection.execute(_AS_MIGRATED.format(service=service))
    await connection.close()
    opened = await open_database(database.dsn_of(f"baton_{service}", PASSWORD), service)
    yield opened
    await opened.pool.close()


async def gather_statistics(database: TestDatabase) -> None:
    """What the planner knows after a minute of a live site, and not what other tests left in its memory."""
    connection = await asyncpg.connect(database.dsn)
    await connection.execute("ANALYZE")
    await connection.close()
