"""deploy/postgres/roles.sql: each service works with its own rows and with nothing else."""

import asyncio

import asyncpg
import pytest

from services.console.site.database import create_roles
from services.console.site.keys import SERVICES, SiteKeys
from tests.support.postgres import Database

KEYS = SiteKeys()
NO_RIGHT = asyncpg.InsufficientPrivilegeError


@pytest.fixture(scope="module")
def prepared(database: Database) -> Database:
    async def prepare() -> None:
        await create_roles(database.dsn, KEYS.passwords)
        for service in SERVICES:
            owner = await asyncpg.connect(database.dsn_of(f"baton_{service}_owner"))
            await owner.execute("CREATE TABLE things (thing_id integer PRIMARY KEY, said text)")
            await owner.close()

    asyncio.run(prepare())
    return database


async def as_role(database: Database, role: str, statement: str) -> None:
    connection = await asyncpg.connect(database.dsn_of(role))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_works_with_its_own_rows(prepared: Database, service: str) -> None:
    for statement in (
        "INSERT INTO things VALUES (1, 'a')",
        "UPDATE things SET said = 'b'",
        "SELECT said FROM things FOR UPDATE",
        "DELETE FROM things",
    ):
        await as_role(prepared, f"baton_{service}", statement)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (a integer)",
        "ALTER TABLE things ADD COLUMN more integer",
        "DROP TABLE things",
        "TRUNCATE things",
        "CREATE SCHEMA more",
        "CREATE TABLE public.more (a integer)",
        "CREATE TEMPORARY TABLE more (a integer)",
        "CREATE ROLE more",
    ],
)
async def test_a_service_changes_no_table(prepared: Database, service: str, statement: str) -> None:
    with pytest.raises(NO_RIGHT):
        await as_role(prepared, f"baton_{service}", statement)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["baton_{}", "baton_{}_owner"])
async def test_a_service_sees_nothing_of_its_neighbours(
    prepared: Database, service: str, role: str
) -> None:
    for neighbour in set(SERVICES) - {service}:
        with pytest.raises(NO_RIGHT):
            await as_role(prepared, role.format(service), f"SELECT * FROM {neighbour}.things")
        with pytest.raises(NO_RIGHT):
            await as_role(prepared, role.format(service), f"SET ROLE baton_{neighbour}")


async def test_a_stranger_may_not_even_come_in(prepared: Database) -> None:
    admin = await asyncpg.connect(prepared.dsn)
    await admin.execute("DROP ROLE IF EXISTS stranger")
    await admin.execute("CREATE ROLE stranger LOGIN")
    await admin.close()

    with pytest.raises(NO_RIGHT):
        await as_role(prepared, "stranger", "SELECT 1")


async def test_running_it_again_changes_passwords_and_nothing_else(prepared: Database) -> None:
    await create_roles(prepared.dsn, SiteKeys().passwords)

    await as_role(prepared, "baton_discharge", "INSERT INTO things VALUES (2, 'still there')")
