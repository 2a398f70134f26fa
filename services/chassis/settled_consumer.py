"""A Kafka client that commits only what was settled, and can be stopped by no record."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from services.chassis.post_metrics import ACK_FAILURES, LAST_PROGRESS

Records = dict[TopicPartition, list["ConsumerRecord[bytes, bytes]"]]

_IDLE_MS = 1_000
_COMMIT_EVERY = 0.5
_SHORTEST_REST, _LONGEST_REST = 0.02, 0.25


class SettledConsumer(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka is untyped
    """Commits only what was settled, and fetches again what was not.

    The offset in Kafka is a hint for the next start: the inbox decides. So it is committed at most twice a second.
    """

    def __init__(self, *topics: str, paced: bool = False, **options: Any) -> None:
        super().__init__(*topics, **options)
        self._paced = paced
        self._taken: dict[TopicPartition, int] = {}
        self._rest = _SHORTEST_REST
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
        del timeout_ms  # an empty answer would make FastStream rest as long again
        self._rewind()
        while True:
            self.last_poll = time.monotonic()
            LAST_PROGRESS.set_to_current_time()
            await self._commit_hint()
            records = await self._poll(partitions, max_records)
            if records:
                self._taken = {partition: batch[0].offset for partition, batch in records.items()}
                return records

    async def _poll(self, partitions: Sequence[TopicPartition], max_records: int | None) -> Records:
        places = self._places()
        try:
            if self._paced:
                return await self._look_and_rest(partitions, max_records)
            return await self._take(partitions, _IDLE_MS, max_records)
        except UnicodeDecodeError:
            return await self._step_over(places, max_records)

    async def _take(
        self, partitions: Sequence[TopicPartition], timeout_ms: int, max_records: int | None
    ) -> Records:
        found: Records = await super().getmany(
            *partitions, timeout_ms=timeout_ms, max_records=max_records
        )
        return found

    async def _look_and_rest(
        self, partitions: Sequence[TopicPartition], max_records: int | None
    ) -> Records:
        """A development broker may answer an empty fetch at once: look, then rest with the fetching paused."""
        self.resume(*self.assignment())
        records = await self._take(partitions, 20, max_records)
        if records:
            self._rest = _SHORTEST_REST
        else:
            self.pause(*self.assignment())
            await asyncio.sleep(self._rest)
            self._rest = min(self._rest * 1.5, _LONGEST_REST)
        return records

    async def _step_over(
        self, places: dict[TopicPartition, int], max_records: int | None
    ) -> Records:
        """Get past a record whose header name is not text.

        The client fails on it, forgets the good records that it had unpacked before it, and would fail again
        for ever. So everything is fetched again from where it stood, the bad partition one record at a time.
        """
        for partition, offset in places.items():
            self.seek(partition, offset)
        for partition, offset in places.items():
            try:
                records = await self._take([partition], _IDLE_MS, max_records)
            except UnicodeDecodeError:
                self.seek(partition, offset)
                records = await self._one(partition, offset)
            if records:
                return records
        return {}

    async def _one(self, partition: TopicPartition, offset: int) -> Records:
        try:
            return await self._take([partition], _IDLE_MS, 1)
        except UnicodeDecodeError:
            self.seek(partition, offset + 1)
            return {partition: [_unreadable(partition, offset)]}

    def _places(self) -> dict[TopicPartition, int]:
        """Where the next record of each partition lies, as far as it is known."""
        places = {}
        for partition in self.assignment():
            state = self._subscription.subscription.assignment.state_value(partition)
            if state is not None and state.has_valid_position:
                places[partition] = state.position
        return places

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
        return sum(
            max(0, (self.highwater(partition) or 0) - place)
            for partition, place in self._places().items()
        )


def _unreadable(partition: TopicPartition, offset: int) -> "ConsumerRecord[bytes, bytes]":
    """Stands for a record of which nothing can be read but where it lies."""
    return ConsumerRecord(
        topic=partition.topic,
        partition=partition.partition,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=None,
        value=None,
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=-1,
        headers=(),
    )
