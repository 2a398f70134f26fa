"""The same promises for every broker that this machine can start itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.broker import DURABLE, LONG_POLL, RESTART, Broker
from deploy.local.java import OLDEST, java_version
from deploy.local.kafka import GivenKafka, choose_broker
from deploy.local.kafka_jars import can_get_jars
from deploy.local.topics import TopicSpec, create_topics

apache_can_run = java_version() >= OLDEST and can_get_jars()
needs_java = pytest.mark.skipif(not apache_can_run, reason="needs Java 17 and Maven")
TOPIC = TopicSpec("kept", partitions=3)


@pytest.fixture(params=[pytest.param("apache", marks=[needs_java, pytest.mark.slow]), "dev"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    chosen = choose_broker(request.param)
    chosen.start(tmp_path)
    yield chosen
    chosen.stop()


async def send(broker: Broker, values: list[bytes]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, enable_idempotence=True)
    await producer.start()
    for value in values:
        await producer.send_and_wait(TOPIC.name, value, key=value)
    await producer.stop()


async def receive(broker: Broker, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        TOPIC.name,
        bootstrap_servers=broker.bootstrap,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    values = [(await consumer.getone()).value for _ in range(count)]
    await consumer.stop()
    return sorted(values)


async def test_a_stopped_broker_comes_back_with_its_log_at_the_same_address(
    broker: Broker, tmp_path: Path
) -> None:
    assert RESTART in broker.capabilities
    values = [b"%03d" % n for n in range(50)]
    await create_topics(broker.bootstrap, [TOPIC])
    await send(broker, values)
    address = broker.bootstrap

    broker.stop()
    broker.start(tmp_path)

    assert broker.bootstrap == address
    assert await receive(broker, 50) == values


async def test_a_durable_broker_keeps_what_it_acknowledged_before_a_kill(
    broker: Broker, tmp_path: Path
) -> None:
    if DURABLE not in broker.capabilities:
        pytest.skip(f"{broker.describe()} says that it does not")
    values = [b"%03d" % n for n in range(50)]
    await create_topics(broker.bootstrap, [TOPIC])
    await send(broker, values)

    broker.kill()
    broker.start(tmp_path)

    assert await receive(broker, 50) == values


async def test_topics_can_be_asked_for_again(broker: Broker) -> None:
    compacted = TopicSpec("compacted", config={"cleanup.policy": "compact"})

    await create_topics(broker.bootstrap, [TOPIC])
    await create_topics(broker.bootstrap, [TOPIC, compacted])

    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    made = await admin.describe_topics([TOPIC.name, compacted.name])
    await admin.close()
    assert {each["topic"]: len(each["partitions"]) for each in made} == {"kept": 3, "compacted": 1}


def test_a_named_address_is_used_and_never_ended() -> None:
    broker = choose_broker("kafka.example:9092")

    assert isinstance(broker, GivenKafka)
    assert broker.bootstrap == "kafka.example:9092"
    assert LONG_POLL in broker.capabilities
    assert RESTART not in broker.capabilities


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        choose_broker("rabbit")
