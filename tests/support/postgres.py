"""One real PostgreSQL for the whole run, and a fresh database in it for whoever asks."""

import asyncio
import inspect
import tempfile
import threading
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from deploy.local.postgres import SUPERUSER, LocalPostgres
from tests.support import report


@dataclass(frozen=True)
class Database:
    __test__ = False  # a test that also has the services' Database calls this one TestDatabase

    server: LocalPostgres
    name: str

    @property
    def dsn(self) -> str:
        """Give the way in for the superuser."""
        return self.server.superuser_dsn(self.name)

    def dsn_of(self, role: str, password: str | None = None) -> str:
        return self.server.dsn(self.name, role, password)


Prepare = Callable[[Database], Awaitable[None] | None]


class Databases:
    """Makes databases by copying: an empty one, or one that was prepared once for all."""

    def __init__(self, server: LocalPostgres) -> None:
        self._server = server
        self._prepared: dict[str, str] = {}

    def create(self, template: str = "template1") -> Database:
        """Make a database; `template` is what `prepared` gave, or template1 for an empty one."""
        database = Database(self._server, f"baton_{uuid.uuid4().hex[:12]}")
        self._run("CREATE DATABASE {} TEMPLATE {}", database.name, template)
        return database

    def prepared(self, name: str, prepare: Prepare) -> str:
        """Prepare a database (say, migrate it) once in a run, and give its name for `create`.

        `prepare` may be async, and must close its connections: one that is in use is not copied.
        """
        if name not in self._prepared:
            database = self.create()
            work = prepare(database)
            if inspect.iscoroutine(work):
                _run_beside(work)
            self._prepared[name] = database.name
        return self._prepared[name]

    def drop(self, database: Database) -> None:
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database.name)

    def _run(self, statement: str, *names: str) -> None:
        dsn = self._server.dsn("postgres", SUPERUSER)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[LocalPostgres]:
    server = LocalPostgres()
    with tempfile.TemporaryDirectory(prefix="baton-tests-") as folder:
        server.start(Path(folder) / "postgres")
        with psycopg.connect(server.superuser_dsn(), autocommit=True) as connection:
            # What tests write outlives a crash of the server, but need not outlive one of the machine.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        report.used(request.config, "postgres", server.describe())
        yield server
        server.destroy()


@pytest.fixture(scope="session")
def databases(postgres_server: LocalPostgres) -> Databases:
    return Databases(postgres_server)


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    """Give this test module an empty database of its own."""
    fresh = databases.create()
    yield fresh
    databases.drop(fresh)


def _run_beside(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end on another thread, since this one may already have a loop."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(work)
        except BaseException as failure:  # noqa: BLE001 (carried over to the asking thread)
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
