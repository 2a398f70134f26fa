"""The idempotent producer of the relay, and sending a wave of letters as whole batches."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2

from services.chassis.outbox import Letter

_MAX_BATCH = 262_144
_MAX_REQUEST = 1_048_576


def new_producer(bootstrap: str, client_id: str, **security: Any) -> AIOKafkaProducer:
    """A producer that waits for all replicas and writes nothing twice by itself."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        request_timeout_ms=10_000,
        retry_backoff_ms=100,
        metadata_max_age_ms=60_000,
        linger_ms=0,
        max_batch_size=_MAX_BATCH,
        max_request_size=_MAX_REQUEST,
        **security,
    )


@lru_cache(maxsize=100_000)
def _hash(key: bytes) -> int:
    return int(murmur2(key)) & 0x7FFFFFFF


async def send(producer: AIOKafkaProducer, letters: Sequence[Letter]) -> dict[tuple[str, int], int]:
    """Publish letters in their order; returns the last offset written of each topic and partition.

    Raises what aiokafka raises when the broker refuses. While the broker is away this waits: an idempotent batch
    never expires, and sending it anew could write it twice.
    """
    by_place: dict[tuple[str, int], list[Letter]] = defaultdict(list)
    for letter in letters:
        partitions = await producer.partitions_for(letter.topic)
        partition = _hash(letter.envelope.partition_key.encode()) % len(partitions)
        by_place[letter.topic, partition].append(letter)
    written = await asyncio.gather(
        *(
            _send_to(producer, topic, partition, mine)
            for (topic, partition), mine in by_place.items()
        )
    )
    return dict(zip(by_place, written, strict=True))


async def _send_to(
    producer: AIOKafkaProducer, topic: str, partition: int, letters: Sequence[Letter]
) -> int:
    last = -1
    batch = producer.create_batch()
    for letter in letters:
        record = {
            "key": letter.envelope.partition_key.encode(),
            "value": letter.body,
            "headers": letter.envelope.headers(),
            # When it is written, not when it happened: Kafka refuses the future and deletes by age.
            "timestamp": None,
        }
        if batch.append(**record) is None:
            last = await _submit(producer, batch, topic, partition)
            batch = producer.create_batch()
            batch.append(**record)
    return max(last, await _submit(producer, batch, topic, partition))


async def _submit(producer: AIOKafkaProducer, batch: Any, topic: str, partition: int) -> int:
    batch.close()
    written = await (await producer.send_batch(batch, topic, partition=partition))
    last: int = written.offset + batch.record_count() - 1
    return last
