"""Publishes what the outbox holds: in the order of each stream, by one process, at least once."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.chassis import outbox
from services.chassis.database import AWAY, Database
from services.chassis.lease import RENEW_EVERY, Lease
from services.chassis.log import get_logger
from services.chassis.outbox import Letter
from services.chassis.post_metrics import OUTBOX_AGE, OUTBOX_PENDING, PUBLISHED, RELAY_EPOCH
from services.chassis.postbag import Postbag
from services.chassis.producer import new_producer, send
from services.chassis.telemetry import span
from services.chassis.unit_of_work import UnitOfWork

_WAVE = 500
_POLL = 1.0
_MEASURE_EVERY = 5.0
_log = get_logger()


class RelayError(Exception):
    """The producer cannot be trusted any more: it is thrown away, and what it was given is sent again."""


class Relay:
    """The one that speaks for a service.

    Letters come from memory right after their commit, and from the outbox at the start, after trouble, and when
    another process wrote them. A crash between publishing and striking off repeats letters; readers know repeats.
    """

    def __init__(self, database: Database, bootstrap: str, **security: object) -> None:
        self._database = database
        self._bootstrap = bootstrap
        self._security = security
        self._source = f"/baton/{database.service}"
        self._bag = Postbag()
        self._woken = asyncio.Event()
        self.lease = Lease(database.pool)
        database.on_commit.append(self._on_commit)

    def _on_commit(self, unit: UnitOfWork) -> None:
        if unit.letters and self.lease.epoch:
            self._bag.put(unit.letters)
            self._woken.set()

    async def run(self) -> None:
        """Publish for ever. Trouble with Kafka or the database makes it start over, from the outbox."""
        pause = 0.1
        while True:
            try:
                await self._publish_while_leading()
                pause = 0.1
            except (KafkaError, RelayError, *AWAY) as error:
                _log.warning("relay.starts_over", error=type(error).__name__, seconds=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
            finally:
                RELAY_EPOCH.set(0)
                self._bag.forget()

    async def _publish_while_leading(self) -> None:
        if not await self.lease.take():
            await asyncio.sleep(_POLL)
            return
        RELAY_EPOCH.set(self.lease.epoch)
        _log.info("relay.leads", epoch=self.lease.epoch)
        producer = new_producer(self._bootstrap, self._database.service, **self._security)
        try:
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(self._keep_lease())
                await producer.start()
                await self._publish(producer)
                keeping.cancel()
        except BaseExceptionGroup as trouble:
            raise _first(trouble) from None
        finally:
            await self._put_away(producer)

    async def _publish(self, producer: AIOKafkaProducer) -> None:
        while self.lease.epoch:
            if self._bag.must_read_back:
                await self._read_back(producer)
            elif self._bag.empty:
                await self._wait()
            else:
                await self._wave(producer, self._bag.take(_WAVE))

    async def _wait(self) -> None:
        """Until somebody commits here; after a second of silence, look for what other processes wrote."""
        self._woken.clear()
        try:
            async with asyncio.timeout(_POLL):
                await self._woken.wait()
        except TimeoutError:
            async with self._database.reading() as connection:
                waiting, _ = await outbox.backlog(connection)
            self._bag.must_read_back = waiting > 0

    async def _read_back(self, producer: AIOKafkaProducer) -> None:
        self._bag.must_read_back = False
        async with self._database.reading() as connection:
            letters = await outbox.read_pending(connection, self._source, _WAVE)
        if len(letters) == _WAVE:
            self._bag.must_read_back = True
        await self._wave(producer, self._bag.admit(letters))

    async def _wave(self, producer: AIOKafkaProducer, letters: Sequence[Letter]) -> None:
        if not letters:
            return
        with span("publish", records=len(letters)):
            positions = await send(producer, letters)
            struck = await outbox.mark_published(
                self._database.pool,
                [letter.envelope.event_id for letter in letters],
                positions,
                self.lease.holder,
                self.lease.epoch,
            )
        if not struck:
            self.lease.epoch = 0
            _log.warning("relay.overtaken")
        for letter in letters:
            PUBLISHED[letter.topic].inc()

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            if not await self.lease.renew():
                raise RelayError("the lease was lost")

    async def _put_away(self, producer: AIOKafkaProducer) -> None:
        """Stop the producer; while Kafka is away it may never finish, and then it is left to the process's end."""
        try:
            await asyncio.wait_for(producer.stop(), 5)
        except (TimeoutError, KafkaError):
            _log.warning("relay.producer_abandoned")
        if self.lease.epoch:
            try:
                await self.lease.give_back()
            except AWAY:
                self.lease.epoch = 0

    async def measure(self) -> None:
        """Keep the gauges of the outbox true, for ever."""
        while True:
            await asyncio.sleep(_MEASURE_EVERY)
            try:
                async with self._database.reading() as connection:
                    waiting, age = await outbox.backlog(connection)
            except AWAY:
                continue
            OUTBOX_PENDING.set(waiting)
            OUTBOX_AGE.set(age)


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
