import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.database import Database, open_database
from services.chassis.unit_of_work import UnitOfWork
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.intake import Intake
from services.discharge.outbound.documents import PostgresDocuments
from services.discharge.outbound.messages import KNOWN, PostgresMessages
from services.discharge.outbound.patients import PostgresPatients
from services.discharge.outbound.spells import PostgresSpells
from services.discharge.usecases.receive_messages import Stores, receive_messages
from tests.integration.discharge.conftest import Ward, key_of
from tests.support.hospital import an_adt
from tests.support.postgres import Database as Site
from tests.support.tables import PASSWORD

STORES = Stores(PostgresMessages(), PostgresPatients(), PostgresSpells(), PostgresDocuments())


class CountingConnection:
    """Passes everything on and counts it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._connection, name)


def incoming(control_id: str, **given: str) -> Any:
    arrival = Arrival(datetime.now(UTC), "mllp")
    return read_hl7(an_adt(control_id=control_id, **given), arrival, frozenset())[0]


@asynccontextmanager
async def counted(database: Database) -> AsyncIterator[UnitOfWork]:
    async with database.unit_of_work() as unit:
        unit.connection = CountingConnection(unit.connection)
        yield unit


async def statements_for(ward: Ward, size: int) -> int:
    name = f"B{size}"
    batch = [
        incoming(f"{name}-{each}", visit=f"{name}-{each}", name=f"N{each}") for each in range(size)
    ]
    async with counted(ward.database) as unit:
        outcomes = await receive_messages(batch, unit, STORES, key_of)
    assert [outcome.answer.code for outcome in outcomes] == ["AA"] * size
    return unit.connection.calls


async def test_a_large_batch_takes_no_more_statements_than_a_small_one(ward: Ward):
    await statements_for(ward, 1)

    assert await statements_for(ward, 2) == await statements_for(ward, 150)


async def test_messages_of_many_connections_share_a_commit(ward: Ward):
    lines = await asyncio.gather(*(ward.line() for _ in range(60)))

    await asyncio.gather(
        *(
            line.send(an_adt(control_id=f"M{each}", visit=f"V{each}"))
            for each, line in enumerate(lines)
        )
    )

    commits = await ward.database.pool.fetchval(
        "SELECT count(DISTINCT xmin::text) FROM source_messages"
    )
    assert len(await ward.stored()) == 60
    assert commits < 30


async def test_one_batch_may_hold_a_whole_story(ward: Ward):
    batch = [
        incoming("M1", type="ADT^A01", left=""),
        incoming("M2"),
        incoming("M2"),
        incoming("M2", name="OTHER"),
        incoming("M3", sent="20260908130000", phones="07700 900123^PRS^CP"),
        incoming("M4", type="ADT^A24"),
    ]
    async with ward.database.unit_of_work() as unit:
        outcomes = await receive_messages(batch, unit, STORES, key_of)

    assert [(each.answer.code, each.repeated, each.clash) for each in outcomes] == [
        ("AA", False, False),
        ("AA", False, False),
        ("AA", True, False),
        ("AE", False, True),
        ("AA", False, False),
        ("AR", False, False),
    ]
    assert await ward.types() == [
        "patient.described",
        "spell.admitted",
        "spell.discharged",
        "patient.described",
    ]


@pytest.fixture
async def two_processes(site: Site) -> AsyncIterator[list[Intake]]:
    """Two instances of the service on one database, as when one is replaced by another."""
    dsn = site.dsn_of("baton_discharge", PASSWORD)
    databases = [await open_database(dsn, "discharge") for _ in range(2)]
    intakes = [Intake(database, STORES, key_of) for database in databases]
    running = [asyncio.create_task(intake.run()) for intake in intakes]
    yield intakes
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for database in databases:
        await database.pool.close()


async def test_two_processes_that_hear_the_same_say_it_once(
    two_processes: list[Intake], ward: Ward
):
    async def hand_in(intake: Intake, message: bytes) -> str:
        _, outcome = await intake.hl7(message, Arrival(datetime.now(UTC), "mllp"))
        return outcome.answer.code

    messages = [
        an_adt(control_id=f"M{each}", visit=f"V{each % 10}", phones=f"01632 960{each:03}^PRN^PH")
        for each in range(40)
    ]
    answers = await asyncio.gather(
        *(hand_in(intake, message) for message in messages for intake in two_processes)
    )

    assert set(answers) == {"AA"}
    assert len(await ward.stored()) == 40
    assert len(await ward.spells()) == 10
    assert len(await ward.said("spell.discharged")) == 10
    described = [each.sequence for each in await ward.said("patient.described")]
    assert sorted(described) == list(range(1, len(described) + 1))
    assert Counter(described).most_common(1)[0][1] == 1


async def test_a_resend_is_looked_for_by_its_key_even_in_a_table_nobody_analysed(ward: Ward):
    async with ward.database.unit_of_work() as unit:
        await receive_messages([incoming("M1")], unit, STORES, key_of)
    asked = (["hl7v2"], ["ZTA"], ["PAS"], ["M1"], [b"digest"])

    plan = await ward.database.pool.fetchval(f"EXPLAIN (FORMAT JSON) {KNOWN}", *asked)

    used = set(re.findall(r'"Index Name": "(\w+)"', plan))
    assert used == {"source_messages_are_kept_once"}
