import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from faststream.kafka import KafkaBroker

from deploy.local.broker import Broker
from deploy.local.postgres import LocalPostgres
from schemas.topics import SPELLS
from services.chassis.database import Database
from services.chassis.listener import Listener
from services.chassis.watchdog import EXIT_STATUS, Watchdog
from tests.integration.chassis.conftest import KEY, Records
from tests.integration.chassis.listening import Notebook
from tests.support.eventually import eventually
from tests.support.waiting import a_batch_waits, batches_that_waited


class NotText(str):
    """A header name that is not UTF-8 on the wire."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


def a_listener(kafka: Broker, notebook: Notebook, topic: str, group: str) -> Listener:
    broker = KafkaBroker(
        kafka.bootstrap,
        client_id="referral",
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        logger=None,
        request_timeout_ms=30_000,
    )
    paced = "long-poll" not in kafka.capabilities
    return Listener(broker, notebook.consumer, group, [topic], paced=paced)


@pytest.fixture
async def producer(kafka_server: Broker) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=kafka_server.bootstrap)
    await producer.start()
    yield producer
    await producer.stop()


@pytest.fixture
async def topic(make_topic, monkeypatch: pytest.MonkeyPatch) -> str:
    """A topic of this test's own that counts as the topic of spells."""
    name = await make_topic("spells")
    from schemas.topics import TOPICS

    monkeypatch.setitem(TOPICS, name, TOPICS[SPELLS])
    return name


async def send(producer: AIOKafkaProducer, topic: str, records: Records, *sequences: int) -> None:
    for sequence in sequences:
        arrival = records.say("spell:a", sequence)
        await producer.send_and_wait(
            topic, arrival.body, key=arrival.record_key, headers=list(arrival.headers)
        )


async def test_rubbish_on_the_topic_is_parked_and_the_next_good_event_is_told(
    referral: Database,
    kafka_server: Broker,
    producer: AIOKafkaProducer,
    topic: str,
    group_id: str,
    records: Records,
) -> None:
    notebook = Notebook(referral)
    listener = a_listener(kafka_server, notebook, topic, group_id)
    rubbish = [
        {"value": b"\xff\xfe\x00", "key": None, "headers": []},
        {"value": b"{}", "key": b"\xff\xff", "headers": [("ce_id", b"\xff\xfe")]},
        {
            "value": b"{}",
            "key": KEY.encode(),
            "headers": [("ce_id", None), ("reply_to", b"care.handovers.v1")],
        },
        {
            "value": b"[" * 200_000,
            "key": KEY.encode(),
            "headers": [("content-type", b"application/json")],
        },
        {"value": None, "key": KEY.encode(), "headers": [("traceparent", b"\x00")]},
    ]
    await listener.start()
    for record in rubbish:
        await producer.send_and_wait(topic, **record)
    await send(producer, topic, records, 1)

    await eventually(lambda: _told(notebook, [1]), what="the good event is told")

    assert await notebook.reasons() == ["undecodable"] * len(rubbish)
    await listener.stop()


async def test_what_was_settled_is_not_fetched_again_after_a_restart(
    referral: Database,
    kafka_server: Broker,
    producer: AIOKafkaProducer,
    topic: str,
    group_id: str,
    records: Records,
) -> None:
    notebook = Notebook(referral)
    listener = a_listener(kafka_server, notebook, topic, group_id)
    await listener.start()
    await send(producer, topic, records, 1, 2)
    await eventually(lambda: _told(notebook, [1, 2]), what="both are told")
    await listener.stop()
    await referral.pool.execute("TRUNCATE inbox, told")

    again = a_listener(kafka_server, notebook, topic, group_id)
    await again.start()
    await send(producer, topic, records, 1)
    await eventually(lambda: _told(notebook, [1]), what="only the new one is told")

    await again.stop()


async def test_while_the_database_is_away_events_wait_and_none_is_skipped(
    referral: Database,
    postgres_server: LocalPostgres,
    kafka_server: Broker,
    producer: AIOKafkaProducer,
    topic: str,
    group_id: str,
    records: Records,
) -> None:
    notebook = Notebook(referral)
    listener = a_listener(kafka_server, notebook, topic, group_id)
    await listener.start()
    await send(producer, topic, records, 1)
    await eventually(lambda: _told(notebook, [1]), what="the first is told")
    assert postgres_server.data_dir is not None

    before = batches_that_waited()
    postgres_server.stop("immediate")
    await send(producer, topic, records, 2, 3)
    await a_batch_waits(before)
    postgres_server.start(postgres_server.data_dir)

    await eventually(lambda: _told(notebook, [1, 2, 3]), timeout=30, what="all are told, once")
    await listener.stop()


async def test_a_consumer_that_died_quietly_ends_the_process(
    referral: Database, kafka_server: Broker, topic: str, group_id: str
) -> None:
    ended: list[int] = []
    listener = a_listener(kafka_server, Notebook(referral), topic, group_id)
    await listener.start()
    watchdog = Watchdog(listener, end=ended.append)
    assert watchdog.verdict() is None

    for task in listener._subscriber.tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*listener._subscriber.tasks)

    assert watchdog.verdict() == "the consume loop has ended"
    assert ended == []
    assert EXIT_STATUS != 0
    await listener.stop()


async def test_a_header_whose_name_is_not_text_does_not_stop_the_partition(
    referral: Database,
    kafka_server: Broker,
    producer: AIOKafkaProducer,
    topic: str,
    group_id: str,
    records: Records,
) -> None:
    notebook = Notebook(referral)
    listener = a_listener(kafka_server, notebook, topic, group_id)
    await listener.start()
    batch = producer.create_batch()
    batch._builder = _DefaultRecordBatchBuilderPy(
        2,
        0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=0,
        batch_size=10_000,
    )
    batch.append(timestamp=None, key=KEY.encode(), value=b"{}", headers=[(NotText("ce_id"), b"x")])
    await (await producer.send_batch(batch, topic, partition=0))
    await send(producer, topic, records, 1)

    await eventually(lambda: _told(notebook, [1]), what="the good event is told")

    assert await notebook.reasons() == ["undecodable"]
    await listener.stop()


async def _told(notebook: Notebook, expected: list[int]) -> bool:
    with contextlib.suppress(OSError):
        return await notebook.told() == expected
    return False
