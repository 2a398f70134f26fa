"""Kafka topics, made on purpose before anybody speaks or listens."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NotControllerError, TopicAlreadyExistsError, for_code

_TRIES = 20


@dataclass(frozen=True)
class TopicSpec:
    name: str
    partitions: int = 1
    replication: int = 1
    config: Mapping[str, str] = field(default_factory=dict)


async def create_topics(bootstrap: str, topics: Sequence[TopicSpec]) -> None:
    """Make the topics that are not there yet, and return when every one can be used."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        known = set(await admin.list_topics())
        missing = [topic for topic in topics if topic.name not in known]
        if missing:
            await _create(admin, missing)
            await _until_led(admin, {topic.name for topic in missing})
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[TopicSpec]) -> None:
    wanted = [
        NewTopic(t.name, t.partitions, t.replication, topic_configs=dict(t.config)) for t in topics
    ]
    answer = await admin.create_topics(wanted)
    for name, code, *rest in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"topic {name}: {rest[0] if rest else code}")


async def _until_led(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    for _ in range(_TRIES):
        described = await admin.describe_topics(sorted(names))
        ready = {
            topic["topic"]
            for topic in described
            if not topic["error_code"] and all(p["leader"] >= 0 for p in topic["partitions"])
        }
        if ready == names:
            return
        await asyncio.sleep(0.1)
    raise NotControllerError(f"topics without a leader: {sorted(names)}")
