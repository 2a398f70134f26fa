"""Numbered SQL files, each applied once, in order, by one process at a time."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from services.chassis.connection import Connection

_LOCK = 0x4241544F4E  # "BATON": the advisory lock that all migrating processes take

_RECORD = """
CREATE TABLE IF NOT EXISTS migrations (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


class MigrationError(Exception):
    """The schema and the files tell different stories; a person must look before anything runs."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `<folder>/<number>_<sentence>.sql`."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """What the file said when it was applied must be what it says now."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def find(service: str) -> list[Migration]:
    """The chassis' migrations and then the service's own, each in the order of their numbers."""
    here = Path(__file__).parent
    return [
        *_in(here / "migrations", "chassis"),
        *_in(here.parent / service / "migrations", service),
    ]


def _in(folder: Path, owner: str) -> Iterable[Migration]:
    for path in sorted(folder.glob("[0-9]*.sql")):
        yield Migration(f"{owner}/{path.stem}", path.read_text(encoding="utf-8"))


async def migrate(owner_dsn: str, service: str) -> list[str]:
    """Bring the schema of `service` up to date as its owner; returns the names of what was applied.

    Safe to run by several processes at once. The service's own role gets the right to work with rows, none to
    change tables. Raises `MigrationError` when an applied file has changed since.
    """
    connection = await asyncpg.connect(
        owner_dsn,
        server_settings={"search_path": service, "application_name": f"baton-{service}-migrate"},
    )
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {service} "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO baton_{service}"
        )
        await connection.execute(_RECORD)
        applied = await _applied(connection)
        fresh = [migration for migration in find(service) if not _is_applied(migration, applied)]
        for migration in fresh:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO migrations (name, sha256) VALUES ($1, $2)",
                    migration.name,
                    migration.sha256,
                )
        return [migration.name for migration in fresh]
    finally:
        await connection.close()


async def behind(connection: Connection, service: str) -> list[str]:
    """Names of migrations that the running code has and the schema has not."""
    applied = await _applied(connection)
    return [migration.name for migration in find(service) if migration.name not in applied]


async def _applied(connection: Connection) -> dict[str, str]:
    return {
        row["name"]: row["sha256"]
        for row in await connection.fetch("SELECT name, sha256 FROM migrations")
    }


def _is_applied(migration: Migration, applied: dict[str, str]) -> bool:
    known = applied.get(migration.name)
    if known is not None and known != migration.sha256:
        raise MigrationError(
            f"{migration.name} has changed since it was applied; write a new migration instead"
        )
    return known is not None
