"""Where stories are played: a database for each of them, copied from one with every table in it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import asyncpg

import deploy
from services.chassis.ids import new_id
from services.chassis.migrate import migrate
from services.rehearsal.virtual_clock import install

SERVICES = ("discharge", "referral", "notify")
_ROLES = Path(deploy.__file__).parent / "postgres" / "roles.sql"
_PASSWORD = "of a rehearsal"  # noqa: S105  (the database lives for seconds, on this machine only)


class Server(Protocol):
    """What is needed of a PostgreSQL server that may be filled with what is thrown away."""

    def superuser_dsn(self, database: str = "postgres") -> str: ...

    def dsn(self, database: str, user: str, password: str | None = None) -> str: ...


class Ground:
    """Gives each story a database of its own."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._prepared = ""
        self._preparing = asyncio.Lock()

    def dsn(self, database: str, service: str) -> str:
        """The way in with the rights of a service and no more."""
        return self._server.dsn(database, f"baton_{service}", _PASSWORD)

    def superuser_dsn(self, database: str) -> str:
        """The way in for whoever turns the clock."""
        return self._server.superuser_dsn(database)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """A fresh database, by name; gone afterwards."""
        async with self._preparing:
            if not self._prepared:
                self._prepared = await self._prepare()
        name = f"rehearsal_{new_id().hex}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {self._prepared}")
        try:
            yield name
        finally:
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _prepare(self) -> str:
        name = f"rehearsal_{new_id().hex}"
        await self._run(f"CREATE DATABASE {name}")
        settings = {
            f"baton.{service}{suffix}_password": _PASSWORD
            for service in SERVICES
            for suffix in ("", "_owner")
        }
        connection = await asyncpg.connect(
            self._server.superuser_dsn(name), server_settings=settings
        )
        try:
            await install(connection)
            await connection.execute(_ROLES.read_text(encoding="utf-8"))
        finally:
            await connection.close()
        for service in SERVICES:
            await migrate(self._server.dsn(name, f"baton_{service}_owner", _PASSWORD), service)
        return name

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server.superuser_dsn())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
