"""The Kafka end of the consumer: FastStream's batch subscriber, fed by a client that never outruns the database."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from services.chassis.arrival import Arrival
from services.chassis.log import get_logger
from services.chassis.post_metrics import (
    BATCH_RECORDS,
    BATCH_SECONDS,
    BATCH_WAITS,
    CONSUMER_LAG,
)
from services.chassis.settled_consumer import SettledConsumer
from services.chassis.telemetry import span

_log = get_logger()
_BATCH_TIMEOUT_MS = 1_000
_MAX_RECORDS = 500


class Takes(Protocol):
    """What can be fed."""

    async def handle(self, arrivals: Sequence[Arrival]) -> None:
        """Take a batch; when this returns, each record is durable in its outcome. Raises only what passes."""


class Listener:
    """Feeds a `Consumer`, or whatever else takes records, from Kafka. Transient trouble makes it wait, never skip."""

    def __init__(
        self,
        broker: KafkaBroker,
        consumer: Takes,
        service: str,
        topics: list[str],
        *,
        paced: bool,
    ) -> None:
        self._broker = broker
        self._consumer = consumer
        self._paced = paced
        self.topics = topics
        self._subscriber = broker.subscriber(
            *topics,
            group_id=f"{service}.v1",
            batch=True,
            max_records=_MAX_RECORDS,
            batch_timeout_ms=_BATCH_TIMEOUT_MS,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            parser=_whole_batch,
            decoder=_untouched,
            session_timeout_ms=15_000,
            heartbeat_interval_ms=3_000,
            rebalance_timeout_ms=20_000,
            max_poll_interval_ms=300_000,
            isolation_level="read_committed",
            fetch_max_bytes=16_777_216,
            max_partition_fetch_bytes=2_097_152,
            check_crcs=True,
        )
        self._subscriber(self._on_batch)
        self.last_progress = time.monotonic()

    async def start(self) -> None:
        """Connect and join the group. Raises aiokafka's errors when Kafka cannot be reached."""
        await self._broker.connect()
        config = self._broker.config.broker_config
        options = getattr(config.builder, "keywords", {})
        config.builder = partial(SettledConsumer, paced=self._paced, **options)
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batch in hand and leave the group."""
        await self._broker.stop()

    @property
    def loop_ended(self) -> bool:
        """Whether the task that polls has ended although nobody stopped it."""
        return bool(self._subscriber.running) and all(
            task.done() for task in self._subscriber.tasks
        )

    @property
    def kafka(self) -> SettledConsumer | None:
        """The client underneath, once started."""
        consumer = self._subscriber.consumer
        return consumer if isinstance(consumer, SettledConsumer) else None

    async def _on_batch(self, records: Any) -> None:
        arrivals = [
            Arrival(r.topic, r.partition, r.offset, r.key, r.headers, r.value) for r in records
        ]
        BATCH_RECORDS.observe(len(arrivals))
        with BATCH_SECONDS.time(), span("consume", records=len(arrivals)):
            await self._until_done(arrivals)
        if self.kafka is not None:
            self.kafka.settle()
            CONSUMER_LAG.set(self.kafka.lag())
        self.last_progress = time.monotonic()

    async def _until_done(self, arrivals: list[Arrival]) -> None:
        pause = 0.05
        while True:
            try:
                await self._consumer.handle(arrivals)
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                _wait_for(error, pause)
            except Exception as error:
                _wait_for(error, pause)
            else:
                return
            self.last_progress = time.monotonic()
            if self.kafka is not None:
                self.kafka.last_poll = time.monotonic()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)


def _wait_for(error: BaseException, pause: float) -> None:
    """Say that a batch waits. Only trouble that passes comes here, or a fault in parking itself: never skip."""
    BATCH_WAITS.inc()
    _log.warning("batch.waits", error=type(error).__name__, seconds=pause)


async def _whole_batch(records: tuple[ConsumerRecord[bytes, bytes], ...]) -> KafkaMessage:
    """FastStream's own parser decodes headers and fails on what is not UTF-8; this one cannot fail."""
    return KafkaMessage(
        body=b"", headers={}, reply_to="", raw_message=records, consumer=FAKE_CONSUMER
    )


async def _untouched(message: KafkaMessage) -> Any:
    return message.raw_message
