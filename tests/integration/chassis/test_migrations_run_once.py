import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from services.chassis import migrate as module
from services.chassis.database import open_database
from services.chassis.migrate import Migration, MigrationError, behind, find, migrate
from tests.support.postgres import Databases
from tests.support.tables import make_roles


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """A database with the roles of a site and no table yet."""
    fresh = databases.create(databases.prepared("roles", make_roles))
    yield fresh.dsn
    databases.drop(fresh)


async def test_three_processes_that_migrate_at_once_apply_each_file_once(dsn: str) -> None:
    applied = await asyncio.gather(*(migrate(dsn, "referral") for _ in range(3)))

    assert sorted(len(names) for names in applied) == [0, 0, len(find("referral"))]


async def test_a_file_that_changed_after_it_was_applied_stops_everything(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(dsn, "referral")
    changed = [Migration(m.name, m.sql + "\n-- second thoughts") for m in find("referral")]
    monkeypatch.setattr(module, "find", lambda _: changed)

    with pytest.raises(MigrationError, match="chassis/0001"):
        await migrate(dsn, "referral")


async def test_a_schema_that_lacks_a_file_is_named(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(dsn, "referral")
    monkeypatch.setattr(
        module, "find", lambda _: [*find("notify"), Migration("referral/9999_later", "SELECT 1")]
    )
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "referral"})

    assert "referral/9999_later" in await behind(connection, "referral")
    await connection.close()


async def test_a_failing_file_leaves_nothing_behind(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration("referral/0009_broken", "CREATE TABLE half (); SELECT 1/0")
    monkeypatch.setattr(module, "find", lambda _: [broken])

    with pytest.raises(asyncpg.PostgresError):
        await migrate(dsn, "referral")

    database = await open_database(dsn, "referral")
    assert await database.pool.fetchval("SELECT to_regclass('half')") is None
    await database.pool.close()


def test_the_files_are_numbered_in_order() -> None:
    for service in ("discharge", "referral", "notify"):
        names = [m.name for m in find(service)]
        numbers = [(Path(n).parts[0], Path(n).name[:4]) for n in names]
        assert len(set(numbers)) == len(numbers)
