"""Make every topic that the services speak or listen on: `python -m services.console.topics`."""

import asyncio
import os
import sys

from deploy.local.topics import TopicSpec, create_topics
from schemas.topics import TOPICS, WIRES, Topic, Wire


async def make_topics(bootstrap: str, *, replication: int) -> None:
    """Make the topics that are not there yet, each with its own settings, on so many brokers."""
    durable = {"min.insync.replicas": str(max(1, replication - 1))}
    topics: tuple[Topic | Wire, ...] = (*TOPICS.values(), *WIRES.values())
    specs = [
        TopicSpec(topic.name, topic.partitions, replication, topic.settings | durable)
        for topic in topics
    ]
    await create_topics(bootstrap, specs)


def main() -> None:
    """Read BATON_KAFKA_BOOTSTRAP and BATON_TOPIC_REPLICATION (3 unless said), and make the topics."""
    bootstrap = os.environ.get("BATON_KAFKA_BOOTSTRAP")
    if not bootstrap:
        sys.exit("topics: BATON_KAFKA_BOOTSTRAP says where Kafka is")
    replication = int(os.environ.get("BATON_TOPIC_REPLICATION", "3"))
    asyncio.run(make_topics(bootstrap, replication=replication))
    print(f"topics: {', '.join((*TOPICS, *WIRES))}")


if __name__ == "__main__":
    main()
