import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from deploy.local.broker import Broker
from deploy.local.topics import TopicSpec, create_topics
from schemas.envelope import read_envelope
from schemas.topics import SPELLS, TOPICS
from services.chassis import outbox, relay
from services.chassis.database import Database, open_database
from services.chassis.ids import new_id
from services.chassis.relay import Relay
from services.chassis.unit_of_work import Cause, UnitOfWork
from tests.integration.chassis.conftest import a_discharge
from tests.support.eventually import eventually


class Published:
    """What lies on the spells topic since the test began."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._starts: dict[TopicPartition, int] = {}

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self._bootstrap, enable_auto_commit=False)
        await consumer.start()
        try:
            consumer.assign([TopicPartition(SPELLS, n) for n in range(TOPICS[SPELLS].partitions)])
            yield consumer
        finally:
            await consumer.stop()

    async def from_now(self) -> None:
        async with self._reading() as consumer:
            self._starts = await consumer.end_offsets(consumer.assignment())

    async def written_at(self) -> list[int]:
        """Kafka's own times of what lies there, in milliseconds of Unix time."""
        return [record.timestamp for record in await self._records()]

    async def in_order(self) -> list[tuple[str, int]]:
        found = [read_envelope(record.headers) for record in await self._records()]
        return [(envelope.stream, envelope.sequence) for envelope in found]

    async def _records(self) -> list[ConsumerRecord]:
        found: list[ConsumerRecord] = []
        async with self._reading() as consumer:
            ends = await consumer.end_offsets(consumer.assignment())
            for partition, offset in self._starts.items():
                consumer.seek(partition, offset)
            while [p for p in ends if await consumer.position(p) < ends[p]]:
                for batch in (await consumer.getmany(timeout_ms=500)).values():
                    found += batch
        return found


@pytest.fixture
async def topic(kafka_server: Broker) -> Published:
    await create_topics(
        kafka_server.bootstrap,
        [TopicSpec(t.name, t.partitions, 1, t.settings) for t in TOPICS.values()],
    )
    published = Published(kafka_server.bootstrap)
    await published.from_now()
    return published


@pytest.fixture
async def running() -> AsyncIterator[list[asyncio.Task]]:
    tasks: list[asyncio.Task] = []
    yield tasks
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def speak(unit: UnitOfWork, stream: str, sequence: int, ago: timedelta = timedelta()) -> None:
    cause, at = Cause(new_id(), new_id()), unit.now - ago
    unit.publish(a_discharge(), stream=stream, sequence=sequence, cause=cause, occurred_at=at)


async def say(database: Database, stream: str, *sequences: int) -> None:
    async with database.unit_of_work() as unit:
        for sequence in sequences:
            speak(unit, stream, sequence)


async def nothing_waits(database: Database) -> bool:
    async with database.reading() as connection:
        waiting, _ = await outbox.backlog(connection)
    return waiting == 0


async def test_what_was_committed_while_nobody_published_is_published_in_order(
    discharge: Database, kafka_server: Broker, topic: Published, running: list
) -> None:
    await say(discharge, "spell:a", 1, 2)
    await say(discharge, "spell:b", 1)
    await say(discharge, "spell:a", 3)

    running.append(asyncio.create_task(Relay(discharge, kafka_server.bootstrap).run()))
    await eventually(lambda: nothing_waits(discharge), what="the outbox is empty")

    published = await topic.in_order()
    assert [n for s, n in published if s == "spell:a"] == [1, 2, 3]
    assert len(published) == 4


@pytest.mark.parametrize("ago", [timedelta(days=400), timedelta(days=-2)], ids=["past", "future"])
async def test_a_fact_of_any_time_is_published_and_holds_nobody_up(
    discharge: Database, kafka_server: Broker, topic: Published, running: list, ago: timedelta
) -> None:
    """Kafka refuses a record from the future, and deletes one older than the topic keeps."""
    async with discharge.unit_of_work() as unit:
        speak(unit, "spell:odd", 1, ago)
        speak(unit, "spell:other", 1)

    running.append(asyncio.create_task(Relay(discharge, kafka_server.bootstrap).run()))
    await eventually(lambda: nothing_waits(discharge), what="the outbox is empty")

    assert sorted(await topic.in_order()) == [("spell:odd", 1), ("spell:other", 1)]
    age = datetime.now(UTC).timestamp() - min(await topic.written_at()) / 1000
    assert abs(age) < timedelta(hours=1).total_seconds()


async def test_what_is_rolled_back_is_never_said(
    discharge: Database, kafka_server: Broker, topic: Published, running: list
) -> None:
    running.append(asyncio.create_task(Relay(discharge, kafka_server.bootstrap).run()))

    async def fail() -> None:
        async with discharge.unit_of_work() as unit:
            speak(unit, "spell:x", 1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await say(discharge, "spell:y", 1)
    await eventually(lambda: nothing_waits(discharge), what="the outbox is empty")

    assert await topic.in_order() == [("spell:y", 1)]


async def test_killed_between_publishing_and_striking_off_it_publishes_again(
    discharge: Database,
    kafka_server: Broker,
    topic: Published,
    running: list,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strike = outbox.mark_published
    killed = asyncio.Event()

    async def die_first(*arguments):
        if not killed.is_set():
            killed.set()
            raise KafkaError
        return await strike(*arguments)

    monkeypatch.setattr(relay.outbox, "mark_published", die_first)
    await say(discharge, "spell:a", 1, 2)
    running.append(asyncio.create_task(Relay(discharge, kafka_server.bootstrap).run()))
    await eventually(lambda: nothing_waits(discharge), what="the outbox is empty")

    assert killed.is_set()
    assert await topic.in_order() == [
        ("spell:a", 1),
        ("spell:a", 2),
        ("spell:a", 1),
        ("spell:a", 2),
    ]


async def test_one_process_publishes_and_another_takes_over_what_both_wrote(
    discharge: Database, dsn: str, kafka_server: Broker, topic: Published, running: list
) -> None:
    other = await open_database(dsn, "discharge")
    first, second = Relay(discharge, kafka_server.bootstrap), Relay(other, kafka_server.bootstrap)
    leading = asyncio.create_task(first.run())
    await eventually(lambda: first.lease.epoch == 1, what="the first process leads")
    running.append(asyncio.create_task(second.run()))

    await say(other, "spell:a", 1)
    await say(discharge, "spell:a", 2)
    await eventually(lambda: nothing_waits(discharge), what="the leader published what both wrote")
    leading.cancel()
    await asyncio.gather(leading, return_exceptions=True)
    await say(discharge, "spell:a", 3)
    await eventually(lambda: nothing_waits(discharge), what="the second process took over")

    assert await topic.in_order() == [("spell:a", 1), ("spell:a", 2), ("spell:a", 3)]
    assert second.lease.epoch == 2
    await other.pool.close()


async def test_a_holder_whose_lease_ran_out_strikes_nothing_off(discharge: Database) -> None:
    await say(discharge, "spell:a", 1)
    event_id = await discharge.pool.fetchval("SELECT event_id FROM outbox")
    zombie, heir = relay.Lease(discharge.pool), relay.Lease(discharge.pool)
    await zombie.take()
    await discharge.pool.execute(
        "UPDATE relay_lease SET expires_at = clock_timestamp() - interval '1 second'"
    )
    assert await heir.take()

    struck = await outbox.mark_published(
        discharge.pool, [event_id], {}, zombie.holder, zombie.epoch or 1
    )

    assert not struck
    assert not await nothing_waits(discharge)
    assert not await zombie.renew()
