"""What the floor's processes share: rows by COPY, events by librdkafka, batches that follow the load."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from confluent_kafka import Consumer, Producer, TopicPartition

SECRET = os.environ["BATON_SITE_SECRET"].encode()
_BOOTSTRAP = os.environ["BATON_KAFKA_BOOTSTRAP"]
_MOST = 500

_connection = psycopg.connect(os.environ["BATON_DATABASE_URL"])
_producer = Producer(
    {
        "bootstrap.servers": _BOOTSTRAP,
        "acks": "all",
        "enable.idempotence": True,
        "linger.ms": 0,
        "partitioner": "murmur2_random",
        "queue.buffering.max.messages": 1_000_000,
    }
)

Copy = Callable[[str, Iterable[str]], None]


class Heard(NamedTuple):
    """One message from a topic."""

    topic: str
    body: bytes
    headers: dict[str, bytes]


@contextmanager
def transaction() -> Iterator[Copy]:
    """One transaction; what it yields copies lines of COPY's text format into `table (columns)`."""
    with _connection.cursor() as cursor:

        def copy(into: str, lines: Iterable[str]) -> None:
            with cursor.copy(f"COPY {into} FROM STDIN") as out:
                out.write("".join(lines))

        yield copy
    _connection.commit()


def say(
    topic: str,
    source: str,
    kind: str,
    stream: str,
    key: str,
    time: str,
    ids: Sequence[str],
    body: bytes,
) -> None:
    """Publish an event; `ids` are its own, the journey's and that of what led to it."""
    headers: list[tuple[str, str | bytes | None]] = [
        ("ce_specversion", b"1.0"),
        ("ce_id", ids[0].encode()),
        ("ce_source", source.encode()),
        ("ce_type", kind.encode()),
        ("ce_dataschema", f"urn:baton:{kind}:1".encode()),
        ("ce_subject", stream.encode()),
        ("ce_sequence", b"1"),
        ("ce_time", time.encode()),
        ("ce_correlationid", ids[1].encode()),
        ("ce_causationid", ids[2].encode()),
        ("ce_partitionkey", key.encode()),
        ("content-type", b"application/json"),
    ]
    _producer.produce(topic, body, key.encode(), headers=headers)


def served() -> None:
    """Let librdkafka tell what it has sent."""
    _producer.poll(0)


def listen(service: str, topics: Sequence[str], handle: Callable[[Sequence[Heard]], None]) -> None:
    """Hand over what is there, up to a limit, and remember how far that was; for ever."""
    consumer = Consumer(
        {
            "bootstrap.servers": _BOOTSTRAP,
            "group.id": f"floor-{service}",
            "auto.offset.reset": "earliest",
            "enable.auto.offset.store": False,
            "auto.commit.interval.ms": 500,
            "fetch.wait.max.ms": 500,
        }
    )
    consumer.subscribe(list(topics))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        while True:
            first = consumer.poll(1.0)
            if first is None or first.error():
                continue
            batch: list[Any] = [first, *consumer.consume(_MOST - 1, 0)]
            handle([Heard(one.topic(), one.value(), dict(one.headers())) for one in batch])
            served()
            ends = {(one.topic(), one.partition()): one.offset() + 1 for one in batch}
            consumer.store_offsets(offsets=[TopicPartition(*at, end) for at, end in ends.items()])
    finally:
        consumer.close()
