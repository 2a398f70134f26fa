"""Somebody with a right to write who writes what nobody should."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

Header = tuple[str, bytes | None]


@dataclass(frozen=True)
class Said:
    """One record, to be written as it is."""

    topic: str
    key: bytes | None
    body: bytes | None
    headers: Sequence[Header] = ()
    partition: int | None = None


def write(bootstrap: str, records: Sequence[Said]) -> None:
    """Write records, each topic's in this order."""
    asyncio.run(_write(bootstrap, records))


async def _write(bootstrap: str, records: Sequence[Said]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=1_048_576)
    await producer.start()
    try:
        waiting = [
            await producer.send(
                each.topic, each.body, each.key, each.partition, headers=list(each.headers)
            )
            for each in records
        ]
        await asyncio.gather(*waiting)
    finally:
        await producer.stop()
