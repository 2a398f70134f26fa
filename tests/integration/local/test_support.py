import pytest
from aiokafka import AIOKafkaProducer

from tests.support.eventually import eventually, eventually_now


async def test_eventually_gives_the_first_true_answer() -> None:
    answers = iter([0, None, 7])

    assert await eventually(lambda: next(answers)) == 7


async def test_eventually_waits_for_async_answers_and_forgives_early_assertions() -> None:
    tries: list[int] = []

    async def third_time() -> bool:
        tries.append(1)
        assert len(tries) > 2
        return True

    assert await eventually(third_time)


async def test_eventually_says_what_never_happened_and_what_was_seen_last() -> None:
    with pytest.raises(AssertionError, match=r"never: the moon; last seen: \[\]"):
        await eventually(list, timeout=0.05, what="the moon")
    with pytest.raises(AssertionError, match="never: the moon"):
        eventually_now(lambda: False, timeout=0.05, what="the moon")


@pytest.mark.kafka("durable", "long-poll")
async def test_a_topic_belongs_to_one_test(kafka_server, make_topic, broker_prefix) -> None:
    name = await make_topic("spells", partitions=2, cleanup_policy="compact")

    assert name == f"{broker_prefix}spells"
    producer = AIOKafkaProducer(bootstrap_servers=kafka_server.bootstrap)
    await producer.start()
    sent = await producer.send_and_wait(name, b"value", key=b"key")
    await producer.stop()
    assert sent.topic == name


def test_a_module_has_an_empty_database(database) -> None:
    assert database.name in database.dsn
