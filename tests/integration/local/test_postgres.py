import os
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

from deploy.local.ports import is_listening
from deploy.local.postgres import LocalPostgres


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[LocalPostgres]:
    server = LocalPostgres()
    server.start(tmp_path / "postgres")
    yield server
    server.destroy()


async def read(server: LocalPostgres, query: str) -> object:
    connection = await asyncpg.connect(server.superuser_dsn())
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("data_checksums", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("max_connections", "200"),
        ("server_encoding", "UTF8"),
        ("TimeZone", "UTC"),
        ("wal_level", "logical"),
    ],
)
async def test_the_server_runs_as_baton_needs_it(postgres_server, setting: str, value: str) -> None:
    assert await read(postgres_server, f"select current_setting('{setting}')") == value


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_committed_data_and_the_address_outlive_a_stop(
    postgres: LocalPostgres, tmp_path: Path, mode
) -> None:
    assert await read(postgres, "select current_setting('fsync')") == "on"
    await read(postgres, "create table kept as select generate_series(1, 1000) as n")
    address = postgres.superuser_dsn()

    postgres.stop(mode)
    assert not postgres.is_running
    with pytest.raises(ConnectionRefusedError):
        await read(postgres, "select 1")
    postgres.start(tmp_path / "postgres")

    assert postgres.superuser_dsn() == address
    assert await read(postgres, "select count(*) from kept") == 1000


def test_only_we_know_the_superusers_password(postgres_server: LocalPostgres) -> None:
    guess = postgres_server.dsn("postgres", "postgres", "postgres")

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(guess)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has somebody else to run it as")
def test_root_runs_it_as_an_ordinary_user(postgres: LocalPostgres) -> None:
    assert Path(f"/proc/{postgres.pid}").stat().st_uid != 0


def test_nothing_is_left_of_a_destroyed_server(tmp_path: Path) -> None:
    server = LocalPostgres()
    server.start(tmp_path / "postgres")
    place = server.data_dir

    server.destroy()

    assert place is not None
    assert not is_listening(server.port)
    assert not place.exists()


def test_a_copy_of_a_prepared_database_has_what_was_prepared(databases) -> None:
    async def prepare(database) -> None:
        connection = await asyncpg.connect(database.dsn)
        await connection.execute("create table prepared (n int)")
        await connection.close()

    first = databases.create(databases.prepared("a test of copies", prepare))
    second = databases.create(databases.prepared("a test of copies", prepare))

    with psycopg.connect(first.dsn) as connection:
        connection.execute("insert into prepared values (1)")
    with psycopg.connect(second.dsn) as connection:
        assert connection.execute("select count(*) from prepared").fetchone() == (0,)
    databases.drop(first)
    databases.drop(second)


async def test_one_that_is_thrown_away_waits_for_no_disk_and_asks_its_superuser_for_the_password(
    tmp_path: Path,
) -> None:
    server = LocalPostgres(thrown_away=True)
    server.start(tmp_path / "postgres")
    try:
        assert await read(server, "select current_setting('fsync')") == "off"
        assert await read(server, "select inet_server_addr() is null")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(server.dsn("postgres", "postgres", "guessed"))
    finally:
        server.destroy()
