"""The pool of connections to a service's own schema, and the one way to open a transaction."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson

from services.chassis.connection import Connection
from services.chassis.errors import Transient
from services.chassis.unit_of_work import UnitOfWork

Committed = Callable[[UnitOfWork], None]

_GUARDS = {
    "timezone": "UTC",
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "15s",
    "transaction_timeout": "30s",
}

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.DiskFullError,
    Transient,
)
"""What says 'later', not 'never': the database or the way to it is away, or somebody else holds a lock."""


class Database:
    """A service's own part of the database."""

    def __init__(self, pool: asyncpg.Pool, service: str) -> None:
        self.pool = pool
        self.service = service
        self.on_commit: list[Committed] = []
        """Called, in order, after each commit, with the unit of work that was committed; must not wait."""

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; commit it with everything collected, or roll all of it back.

        Whether a commit that raises took place cannot be known: callers must be safe to run again.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            now = await connection.fetchval("SELECT clock_timestamp()")
            unit = UnitOfWork(connection, self.service, now)
            yield unit
            await unit.flush()
        for tell in self.on_commit:
            tell(unit)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for queries."""
        async with self.pool.acquire() as connection:
            yield connection


async def open_database(dsn: str, service: str, *, max_size: int = 10) -> Database:
    """Open the pool of `service`. Raises what asyncpg raises when the database cannot be reached."""
    pool = await asyncpg.create_pool(
        dsn,
        min_size=2,
        max_size=max_size,
        timeout=5,
        command_timeout=10,
        max_inactive_connection_lifetime=60,
        init=_speak_json,
        reset=_leave_as_it_is,
        server_settings={**_GUARDS, "search_path": service, "application_name": f"baton-{service}"},
    )
    return Database(pool, service)


async def _speak_json(connection: Connection) -> None:
    def encode(value: Any) -> bytes:
        return b"\x01" + orjson.dumps(value)

    def decode(value: bytes) -> Any:
        return orjson.loads(value[1:])

    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=encode, decoder=decode, format="binary"
    )


async def _leave_as_it_is(connection: Connection) -> None:
    """Nothing here changes a session beyond its transaction, so the round trip that would put it back is saved."""
    if connection.is_in_transaction():
        await connection.reset()
