"""A hospital whose messages come over Kafka, and discharge listening."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from faststream.kafka import KafkaBroker

from deploy.local.broker import Broker
from services.chassis.listener import Listener
from services.discharge.app import build
from services.discharge.inbound.kafka import answers
from tests.integration.discharge.conftest import Ward
from tests.support.kafka import MakeTopic


@dataclass
class Engine:
    """The hospital's integration engine: it puts messages on one topic, and reads the other."""

    kafka: Broker
    messages: str
    answers: str
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    heard: list[ConsumerRecord[bytes, bytes]] = field(default_factory=list)

    async def put(self, *bodies: bytes | None, content_type: str = "") -> None:
        headers = [("content-type", content_type.encode())] if content_type else []
        for body in bodies:
            await self.producer.send_and_wait(self.messages, body, b"key", headers=headers)

    async def hears(self, how_many: int) -> Sequence[ConsumerRecord[bytes, bytes]]:
        """The answers so far, once there are so many."""
        async with asyncio.timeout(20):
            while len(self.heard) < how_many:
                found = await self.consumer.getmany(timeout_ms=200)
                self.heard += [record for records in found.values() for record in records]
        return self.heard


@pytest.fixture
async def engine(
    kafka_server: Broker, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Engine]:
    messages = await make_topic("messages", max_message_bytes="4194304")
    replies = await make_topic("answers")
    monkeypatch.setattr(answers, "HOSPITAL_ANSWERS", replies)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka_server.bootstrap, max_request_size=4_000_000
    )
    consumer = AIOKafkaConsumer(
        replies, bootstrap_servers=kafka_server.bootstrap, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    yield Engine(kafka_server, messages, replies, producer, consumer)
    await consumer.stop()
    await producer.stop()


@pytest.fixture
def which_answers() -> str:
    return "all"


@pytest.fixture
async def listener(
    ward: Ward, engine: Engine, group_id: str, which_answers: str
) -> AsyncIterator[Listener]:
    """Discharge, listening on the topic."""
    listening = await _listening(ward, engine, group_id, which_answers)
    yield listening.listener
    await listening.stop()


@dataclass
class Listening:
    listener: Listener
    loops: list[asyncio.Task[Any]]

    async def stop(self) -> None:
        await self.listener.stop()
        for loop in self.loops:
            loop.cancel()
        await asyncio.gather(*self.loops, return_exceptions=True)


async def _listening(ward: Ward, engine: Engine, group: str, which: str) -> Listening:
    settings = ward.settings.model_copy(
        update={
            "kafka_bootstrap": engine.kafka.bootstrap,
            "intake_topic": engine.messages,
            "intake_answers": which,
        }
    )
    parts = build(settings, ward.database)
    assert parts.feed is not None
    loops = [asyncio.create_task(parts.loops[name]()) for name in ("intake", "answers")]
    broker = KafkaBroker(
        engine.kafka.bootstrap,
        client_id="discharge",
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        logger=None,
        request_timeout_ms=30_000,
    )
    paced = "long-poll" not in engine.kafka.capabilities
    listener = Listener(broker, parts.feed.taker, group, [parts.feed.topic], paced=paced)
    await listener.start()
    return Listening(listener, loops)


def told(record: ConsumerRecord[bytes, bytes]) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}
