"""Whoever adds a table decides how long its rows stay: in the code that clears up, and in the page for operators."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from services.chassis.keeping import CHASSIS, Keeping
from services.chassis.migrate import migrate
from services.chassis.settings import ServiceSettings
from services.console.site.database import create_roles
from services.console.site.keys import SERVICES, SiteKeys
from services.discharge.config import DischargeSettings
from services.discharge.outbound.keeping import KEEPING as DISCHARGE
from services.notify.config import NotifySettings
from services.notify.outbound.keeping import KEEPING as NOTIFY
from services.referral.config import ReferralSettings
from services.referral.outbound.keeping import KEEPING as REFERRAL
from tests.support.postgres import Database

PAGE = Path(__file__).parents[2] / "docs" / "OPERATIONS.md"
OWN: dict[str, tuple[type[ServiceSettings], Sequence[Keeping]]] = {
    "discharge": (DischargeSettings, DISCHARGE),
    "referral": (ReferralSettings, REFERRAL),
    "notify": (NotifySettings, NOTIFY),
}
NEVER = {"inbox", "source_messages", "message_views", "look_ups", "seen", "ownership", "history"}


def kept(service: str) -> dict[str, Keeping]:
    """What is said of each table of a service; its own word on a table of the chassis counts."""
    return {keeping.table: keeping for keeping in (*CHASSIS, *OWN[service][1])}


@pytest.fixture(scope="module")
def site(database: Database) -> Database:
    """A database with the real schemas, each made by its owner."""

    async def prepare() -> None:
        await create_roles(database.dsn, SiteKeys().passwords)
        for service in SERVICES:
            await migrate(database.dsn_of(f"baton_{service}_owner"), service)

    asyncio.run(prepare())
    return database


@pytest.mark.parametrize("service", SERVICES)
async def test_of_every_table_it_is_said_how_long_its_rows_stay(
    site: Database, service: str
) -> None:
    admin = await asyncpg.connect(site.dsn)
    rows = await admin.fetch(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = $1 AND table_type = 'BASE TABLE'",
        service,
    )
    await admin.close()

    assert {row["table_name"] for row in rows} == kept(service).keys()


@pytest.mark.parametrize("service", SERVICES)
async def test_every_clearing_is_served_by_an_index_and_allowed_to_the_service(
    site: Database, service: str
) -> None:
    connection = await asyncpg.connect(
        site.dsn_of(f"baton_{service}"), server_settings={"search_path": service}
    )
    for way in ("seqscan", "bitmapscan", "sort"):
        await connection.execute(f"SET enable_{way} = off")
    for keeping in kept(service).values():
        if keeping.clearing is None:
            continue
        plan = await connection.fetch("EXPLAIN " + keeping.clearing.sql, 30, 1000)
        found = " ".join(row[0] for row in plan)
        assert not re.search(rf"Seq Scan on {keeping.table}\b", found), found
        assert " Sort " not in found, f"{keeping.table} is sorted for each batch: {found}"
        assert "clock_timestamp" not in found, f"every row of {keeping.table} is looked at: {found}"
    await connection.close()


_ROWS = {
    ("discharge", "national_events"): """
        INSERT INTO national_events (event_ref, source, event_id, type, patient_key, happened_at, received_at,
                                     handed_in_by, urgent, state, next_try_at, ended_at)
        SELECT gen_random_uuid(), 's', state || days, 't', 'k', at, at, 'h', false, state, at,
               CASE WHEN state <> 'waiting' THEN at END
        FROM unnest(ARRAY['no-such-patient', 'taken-in', 'waiting']) AS state,
             unnest(ARRAY[29, 31]) AS days, LATERAL (SELECT clock_timestamp() - make_interval(days => days) AS at)
        """,
    ("discharge", "feed_hours"): """
        INSERT INTO feed_hours (organisation, application, hour, messages, refused)
        SELECT 'o', 'a', clock_timestamp() - make_interval(days => days), 1, 0 FROM unnest(ARRAY[364, 366]) AS days
        """,
    ("notify", "links"): """
        INSERT INTO links (token_hash, alert_id, attempt, handover_id, patient_key, purpose, made_at, expires_at)
        SELECT sha256(days::text::bytea), gen_random_uuid(), 1, gen_random_uuid(), 'k', 'plan',
               clock_timestamp() - interval '1 year', clock_timestamp() - make_interval(days => days)
        FROM unnest(ARRAY[-10, 29, 31]) AS days
        """,
    ("notify", "digests"): """
        INSERT INTO digests (team, day)
        SELECT 't', current_date - days FROM unnest(ARRAY[0, 29, 32]) AS days
        """,
}
_GONE = {"national_events": 1, "feed_hours": 1, "links": 1, "digests": 1}


@pytest.mark.parametrize(("service", "table"), _ROWS)
async def test_what_is_over_goes_and_the_rest_stays(
    site: Database, service: str, table: str
) -> None:
    clearing = kept(service)[table].clearing
    assert clearing is not None
    admin = await asyncpg.connect(site.dsn, server_settings={"search_path": service})
    await admin.execute("SET session_replication_role = replica")  # rows without what they hang on
    before = int((await admin.execute(_ROWS[service, table])).split()[-1])

    await admin.execute(clearing.sql, clearing.days, 1000)

    left = await admin.fetchval(f"SELECT count(*) FROM {table}")
    await admin.close()
    assert before - left == _GONE[table]


@pytest.mark.parametrize("service", SERVICES)
def test_each_period_is_a_number_of_days_or_a_setting(service: str) -> None:
    fields = OWN[service][0].model_fields
    for keeping in kept(service).values():
        if keeping.clearing is not None:
            assert bool(keeping.clearing.days) != bool(keeping.clearing.setting), keeping.table
            assert not keeping.clearing.setting or keeping.clearing.setting in fields


@pytest.mark.parametrize("service", SERVICES)
def test_what_happened_to_patients_and_who_looked_is_never_cleared(service: str) -> None:
    cleared = {name for name, keeping in kept(service).items() if keeping.clearing is not None}
    years = {name for name, keeping in kept(service).items() if keeping.kept.startswith("years")}

    assert not cleared & (years | NEVER)


def test_the_page_for_operators_says_the_same() -> None:
    rows = [
        f"| {service} | `{keeping.table}` | {keeping.holds} | {keeping.kept} | "
        f"{'housekeeping' if keeping.clearing else keeping.ended_by} |"
        for service, keepings in (
            ("each", CHASSIS),
            *((name, own) for name, (_, own) in OWN.items()),
        )
        for keeping in keepings
    ]
    page = PAGE.read_text(encoding="utf-8")

    shown = re.findall(r"^\| (?:each|discharge|referral|notify) \| `.*\|$", page, re.MULTILINE)
    assert shown == rows, "docs/OPERATIONS.md should say:\n" + "\n".join(rows)
