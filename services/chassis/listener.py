"""The Kafka end of the consumer: FastStream's batch subscriber, fed by a client that never outruns the database."""

import asyncio
import time
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaMessage

from services.chassis.arrival import Arrival
from services.chassis.consumer import Consumer
from services.chassis.log import get_logger
from services.chassis.post_metrics import (
    ACK_FAILURES,
    BATCH_RECORDS,
    BATCH_SECONDS,
    CONSUMER_LAG,
    BATCH_WAITS,
    LAST_PROGRESS,
)
from services.chassis.telemetry import span

Records = dict[TopicPartition, list["ConsumerRecord[bytes, bytes]"]]

_log = get_logger()
_IDLE_MS = 1_000
_COMMIT_EVERY = 0.5
_MAX_RECORDS = 500
_PACE = 0.05


class SettledConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka is untyped
    """Commits only what was settled, and fetches again what was not.

    The offset in Kafka is a hint for the next start: the inbox decides. So it is committed at most twice a second.
    """

    def __init__(self, *topics: str, paced: bool = False, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._paced = paced
        self._taken: dict[TopicPartition, int] = {}
        self._uncommitted = False
        self._committed_at = 0.0
        self.last_poll = time.monotonic()

    def settle(self) -> None:
        """The records that were taken last are durable in their outcome."""
        self._taken = {}
        self._uncommitted = True

    async def getmany(
        self, *partitions: TopicPartition, timeout_ms: int = 0, max_records: int | None = None
    ) -> Records:
        """Wait until there is something, and take what is there. Nothing is returned empty-handed."""
        self._rewind()
        while True:
            self.last_poll = time.monotonic()
            LAST_PROGRESS.set_to_current_time()
            await self._commit_hint()
            records = await self._poll(partitions, max_records)
            if records:
                self._taken = {partition: batch[0].offset for partition, batch in records.items()}
                return records

    async def _poll(
        self, partitions: tuple[TopicPartition, ...], max_records: int | None
    ) -> Records:
        if not self._paced:
            found: Records = await super().getmany(
                *partitions, timeout_ms=_IDLE_MS, max_records=max_records
            )
            return found
        # A development broker may answer an empty fetch at once: look, then rest with the fetching paused.
        self.resume(*self.assignment())
        records: Records = await super().getmany(
            *partitions, timeout_ms=20, max_records=max_records
        )
        if not records:
            self.pause(*self.assignment())
            await asyncio.sleep(_PACE)
        return records

    def _rewind(self) -> None:
        for partition, offset in self._taken.items():
            if partition in self.assignment():
                self.seek(partition, offset)
        self._taken = {}

    async def _commit_hint(self) -> None:
        if self._uncommitted and time.monotonic() - self._committed_at >= _COMMIT_EVERY:
            await self._commit_now()

    async def _commit_now(self) -> None:
        self._committed_at = time.monotonic()
        self._uncommitted = False
        try:
            await asyncio.wait_for(self.commit(), 5)
        except (KafkaError, TimeoutError):
            ACK_FAILURES.inc()

    async def stop(self) -> None:
        """Leave the group; what is settled is committed first."""
        if self._uncommitted and not self._taken:
            await self._commit_now()
        await super().stop()

    def lag(self) -> int:
        """Records behind the end of the partitions that are ours, as far as is known."""
        behind = 0
        for partition in self.assignment():
            end = self.highwater(partition)
            place = self._subscription.subscription.assignment.state_value(partition)
            if end is not None and place is not None and place.has_valid_position:
                behind += max(0, end - place.position)
        return behind


class Listener:
    """Feeds a `Consumer` from Kafka. Transient trouble makes it wait, never skip."""

    def __init__(
        self,
        broker: KafkaBroker,
        consumer: Consumer,
        service: str,
        topics: list[str],
        *,
        paced: bool,
    ) -> None:
        self._broker = broker
        self._consumer = consumer
        self._paced = paced
        self._subscriber = broker.subscriber(
            *topics,
            group_id=f"{service}.v1",
            batch=True,
            max_records=_MAX_RECORDS,
            batch_timeout_ms=_IDLE_MS,
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
