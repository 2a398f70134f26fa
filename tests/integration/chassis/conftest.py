"""Two services' schemas with the chassis' tables, and records as they come from a topic."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest

from schemas.envelope import Envelope
from schemas.event import Event
from schemas.spell import SpellDischarged
from services.chassis.arrival import Arrival
from services.chassis.database import Database, open_database
from services.chassis.ids import new_id
from services.chassis.migrate import migrate
from tests.support.postgres import Database as TestDatabase
from tests.support.postgres import Databases
from tests.support.tables import make_roles

KEY = "5b1f0c9d3e7a48628d1c0f9e2b3a4d5c"


async def _two_services(database: TestDatabase) -> None:
    """One that speaks and one that listens, with a table for what it was told."""
    await make_roles(database)
    await migrate(database.dsn, "discharge")
    await migrate(database.dsn, "referral")
    connection = await asyncpg.connect(database.dsn)
    await connection.execute(
        "CREATE TABLE referral.told (at bigserial, stream text, sequence integer)"
    )
    await connection.close()


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """A database of its own, with two services' tables; connects as the superuser."""
    fresh = databases.create(databases.prepared("two services", _two_services))
    yield fresh.dsn
    databases.drop(fresh)


@pytest.fixture
async def referral(dsn: str) -> AsyncIterator[Database]:
    """The listening side."""
    database = await open_database(dsn, "referral")
    yield database
    await database.pool.close()


@pytest.fixture
async def discharge(dsn: str) -> AsyncIterator[Database]:
    """The speaking side."""
    database = await open_database(dsn, "discharge")
    yield database
    await database.pool.close()


def a_discharge(key: str = KEY) -> SpellDischarged:
    return SpellDischarged(
        patient_key=key,
        spell_id=new_id(),
        provider="ZTA",
        encounter_class="IMP",
        discharged_at=datetime(2026, 9, 8, 10, 20, tzinfo=UTC),
    )


class Records:
    """Makes records with offsets that grow, as one partition would."""

    def __init__(self) -> None:
        self._offset = -1

    def say(
        self, stream: str, sequence: int, event: Event | None = None, **changes: object
    ) -> Arrival:
        event = event or a_discharge()
        envelope = Envelope(
            event_id=new_id(),
            source="/baton/discharge",
            type=event.type,
            dataschema=event.schema_id(),
            stream=stream,
            sequence=sequence,
            occurred_at=datetime(2026, 9, 8, 10, 20, tzinfo=UTC),
            correlation_id=new_id(),
            causation_id=new_id(),
            partition_key=event.patient_key,
        )
        envelope = replace(envelope, **changes)
        return self.record(
            event.topic, event.patient_key.encode(), list(envelope.headers()), event.to_bytes()
        )

    def record(
        self,
        topic: str,
        key: bytes | None,
        headers: list[tuple[str, bytes | None]],
        body: bytes | None,
    ) -> Arrival:
        self._offset += 1
        return Arrival(topic, 0, self._offset, key, headers, body)

    def again(self, arrival: Arrival) -> Arrival:
        """The same record at a new offset, as a relay repeats it."""
        return self.record(arrival.topic, arrival.record_key, list(arrival.headers), arrival.body)


@pytest.fixture
def records() -> Records:
    return Records()
