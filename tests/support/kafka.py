"""One Kafka broker for the whole run, and names on it that no other test uses."""

import os
import tempfile
import uuid
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from deploy.local.docker_kafka import DockerKafka
from deploy.local.kafka import ApacheKafka, Broker, choose_broker
from deploy.local.topics import TopicSpec, create_topics
from tests.support import report

MakeTopic = Callable[..., Awaitable[str]]


@cache
def chosen_broker() -> Broker:
    """Give the broker that BATON_TEST_KAFKA names: auto, apache, docker, dev or HOST:PORT."""
    return choose_broker(os.environ.get("BATON_TEST_KAFKA", "auto"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this broker cannot do, before anything is started for it."""
    if item.get_closest_marker("apache") and not isinstance(
        chosen_broker(), ApacheKafka | DockerKafka
    ):
        report.miss(item.config, f"needs Apache Kafka; this is {chosen_broker().describe()}")
    for marker in item.iter_markers("kafka"):
        lacking = set(marker.args) - chosen_broker().capabilities
        if lacking:
            what = " and ".join(sorted(lacking))
            report.miss(item.config, f"needs {what}; this is {chosen_broker().describe()}")


@pytest.fixture(scope="session")
def kafka_server(request: pytest.FixtureRequest) -> Iterator[Broker]:
    broker = chosen_broker()
    with tempfile.TemporaryDirectory(prefix="baton-tests-") as folder:
        broker.start(Path(folder))
        report.used(request.config, "kafka", broker.describe())
        yield broker
        broker.stop()


@pytest.fixture
def broker_prefix() -> str:
    """Give a beginning of topic names that belongs to this test alone."""
    return f"t{uuid.uuid4().hex[:10]}."


@pytest.fixture
def group_id(broker_prefix: str) -> str:
    return f"{broker_prefix}group"


@pytest.fixture
def make_topic(kafka_server: Broker, broker_prefix: str) -> MakeTopic:
    """Give a function that makes a topic of this test's own and returns its full name."""

    async def make(name: str, partitions: int = 1, **config: str) -> str:
        settings = {key.replace("_", "."): value for key, value in config.items()}
        spec = TopicSpec(f"{broker_prefix}{name}", partitions, config=settings)
        await create_topics(kafka_server.bootstrap, [spec])
        return spec.name

    return make
