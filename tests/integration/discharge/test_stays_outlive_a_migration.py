"""A site that ran the first version keeps its stays: what they amount to is the same afterwards."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from services.chassis import migrate as migrations
from services.chassis.database import open_database
from services.discharge.domain.news import tell
from services.discharge.outbound.patients import PostgresPatients
from services.discharge.outbound.spells import PostgresSpells
from tests.support.postgres import Databases
from tests.support.tables import PASSWORD, make_roles

LEFT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
SPELL = UUID("01920000-0000-7000-8000-000000000001")

_BEFORE = """
INSERT INTO patients VALUES ('k', '9995000105', true, 1, '{}', '{"practice": "Z90001"}');
INSERT INTO spells VALUES (
    '01920000-0000-7000-8000-000000000001', 'production', 'ZTA', 'visit:SP-1', 'k', true, '1948-03-02', 'ZTA',
    'IMP', '2026-09-04 07:45+00', '2026-09-08 10:20+00', '1', '19', '430', 'Z90001', 'FZZ01',
    '[["http://snomed.info/sct", "708038006"]]', '[["763264000", 6.0]]', false, true, true, true, 2
);
INSERT INTO spells VALUES (
    '01920000-0000-7000-8000-000000000002', 'production', 'ZTA', 'visit:SP-2', 'k', true, '1948-03-02', 'ZTA',
    'IMP', NULL, NULL, '', '', '', NULL, NULL, '[]', '[]', false, true, true, false, 1
);
"""


async def test_a_stay_of_the_first_version_is_told_again_only_if_something_is_new(
    databases: Databases, monkeypatch
):
    site = databases.create()
    await make_roles(site)
    dsn = site.dsn_of("baton_discharge_owner", PASSWORD)
    first = [
        each
        for each in migrations.find("discharge")
        if each.name.startswith("chassis/") or each.name.startswith("discharge/0001")
    ]
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "find", lambda _: first)
        await migrations.migrate(dsn, "discharge")
    old = await asyncpg.connect(dsn, server_settings={"search_path": "discharge"})
    await old.execute(_BEFORE)
    await old.close()

    await migrations.migrate(dsn, "discharge")

    database = await open_database(site.dsn_of("baton_discharge", PASSWORD), "discharge")
    try:
        async with database.unit_of_work() as unit:
            stays = [("production", "ZTA", "visit:SP-1"), ("production", "ZTA", "visit:SP-2")]
            left, here = await PostgresSpells().load(unit.connection, stays)
            patients = await PostgresPatients().load(unit.connection, ["k"])
    finally:
        await database.pool.close()
    pharmacy = {**patients["k"].described, "pharmacy": "FZZ01", "test_patient": True}
    _, standing, news = tell(left, "k", pharmacy)
    assert news == ()
    assert standing.discharge.content["discharged_at"] == "2026-09-08T10:20:00.000000+00:00"
    assert standing.discharge.content["diagnoses"] == [("http://snomed.info/sct", "708038006")]
    _, standing, news = tell(here, "k", pharmacy)
    assert news == ()
    assert standing.state == "open"
