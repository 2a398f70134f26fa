"""Each service reads and writes the rows of its own schema as its migrations made it, and nothing else anywhere."""

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from services.chassis.migrate import migrate
from services.console.site.database import create_roles
from services.console.site.keys import SERVICES, SiteKeys
from tests.support.postgres import Database

NO_RIGHT = "42501"
WRITES_ITSELF = {"migrations", "ownership"}
"""Tables that are filled by the owner, or by a trigger that turns everybody else away."""
ONLY_GROWS = {"message_views", "message_decisions"}
"""Who looked at what, and who decided what: a service adds rows there and can take nothing back."""

KEPT = {"look_ups"}
"""Who looked somebody up at the front desk: a trigger turns away whoever would change it."""


@pytest.fixture(scope="module")
def site(database: Database) -> Database:
    """A database with the real schemas, each made by its owner."""

    async def prepare() -> None:
        await create_roles(database.dsn, SiteKeys().passwords)
        admin = await asyncpg.connect(database.dsn)
        await admin.execute("CREATE TABLE public.notice (said text)")
        await admin.close()
        for service in SERVICES:
            await migrate(database.dsn_of(f"baton_{service}_owner"), service)

    asyncio.run(prepare())
    return database


async def tables(site: Database, service: str) -> list[str]:
    admin = await asyncpg.connect(site.dsn)
    rows = await admin.fetch(
        "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1", service
    )
    await admin.close()
    return [row["tablename"] for row in rows]


async def asked_of(site: Database, role: str, statements: list[str]) -> dict[str, str]:
    """What the database answers to each statement, by SQLSTATE; none of them takes effect."""
    connection = await asyncpg.connect(site.dsn_of(role))
    answers = {}
    for statement in statements:
        attempt = connection.transaction()
        await attempt.start()
        try:
            await connection.execute(statement)
            answers[statement] = "done"
        except asyncpg.PostgresError as error:
            answers[statement] = error.sqlstate or ""
        finally:
            await attempt.rollback()
    await connection.close()
    return answers


def every(statement: str, schema: str, names: list[str]) -> list[str]:
    return [statement.format(f"{schema}.{name}") for name in names]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_reads_and_writes_every_table_of_its_own(
    site: Database, service: str
) -> None:
    names = await tables(site, service)
    assert {"outbox", "inbox", "parked", "timers"} < set(names)

    rows = [name for name in names if name not in WRITES_ITSELF | ONLY_GROWS | KEPT]
    answers = await asked_of(
        site,
        f"baton_{service}",
        [
            *every("SELECT * FROM {} LIMIT 1", service, names),
            *every("DELETE FROM {}", service, rows),
            *every("LOCK TABLE {} IN ROW EXCLUSIVE MODE", service, rows),
        ],
    )

    assert set(answers.values()) == {"done"}, answers


async def test_what_people_did_cannot_be_taken_back(site: Database) -> None:
    names = sorted(ONLY_GROWS)
    answers = await asked_of(
        site,
        "baton_discharge",
        [
            *every("DELETE FROM {}", "discharge", names),
            *every("UPDATE {} SET message_id = message_id", "discharge", names),
            *every("TRUNCATE {}", "discharge", names),
        ],
    )

    assert set(answers.values()) == {NO_RIGHT}, answers


async def test_who_looked_somebody_up_stays_written_down(site: Database) -> None:
    names = sorted(KEPT)
    answers = await asked_of(
        site,
        "baton_referral",
        [
            *every("DELETE FROM {}", "referral", names),
            *every("UPDATE {} SET shown = 0", "referral", names),
        ],
    )

    assert set(answers.values()) == {"23514"}, answers


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    "statements",
    [
        lambda schema, names: every("TRUNCATE {}", schema, names),
        lambda schema, names: every("DROP TABLE {}", schema, names),
        lambda schema, names: every("ALTER TABLE {} ADD COLUMN more integer", schema, names),
        lambda schema, names: every("ALTER TABLE {} DISABLE TRIGGER ALL", schema, names),
        lambda schema, names: every("CREATE INDEX ON {} ((1))", schema, names),
        lambda schema, _: [
            f"CREATE TABLE {schema}.more (a integer)",
            f"CREATE VIEW {schema}.more AS SELECT 1",
            f"CREATE FUNCTION {schema}.more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            f"ALTER SCHEMA {schema} RENAME TO more",
            f"DROP SCHEMA {schema} CASCADE",
            "CREATE SCHEMA more",
            "CREATE TEMPORARY TABLE more (a integer)",
            "CREATE ROLE more",
        ],
    ],
    ids=["truncate", "drop", "alter", "disable triggers", "index", "create"],
)
async def test_a_service_changes_no_table(
    site: Database, service: str, statements: Callable[[str, list[str]], list[str]]
) -> None:
    asked = statements(service, await tables(site, service))

    answers = await asked_of(site, f"baton_{service}", asked)

    assert asked
    assert set(answers.values()) == {NO_RIGHT}, answers


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["baton_{}", "baton_{}_owner"])
async def test_a_service_sees_nothing_of_its_neighbours_and_nothing_public(
    site: Database, service: str, role: str
) -> None:
    asked = ["SELECT * FROM public.notice", "CREATE TABLE public.more (a integer)"]
    for neighbour in set(SERVICES) - {service}:
        names = await tables(site, neighbour)
        asked += every("SELECT * FROM {}", neighbour, names)
        asked += every("DELETE FROM {}", neighbour, names)
        asked += [f"SET ROLE baton_{neighbour}", f"SET ROLE baton_{neighbour}_owner"]

    answers = await asked_of(site, role.format(service), asked)

    assert set(answers.values()) == {NO_RIGHT}, answers


async def test_nobody_outside_comes_in(site: Database) -> None:
    admin = await asyncpg.connect(site.dsn)
    await admin.execute("DROP ROLE IF EXISTS passer_by")
    await admin.execute("CREATE ROLE passer_by LOGIN")
    await admin.close()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(site.dsn_of("passer_by"))
