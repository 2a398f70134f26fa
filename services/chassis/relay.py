"""Publishes what the outbox holds: in the order of each stream, by one process, at least once."""

import asyncio
import contextlib
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
_STRIKE_AFTER = 0.02
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
        self._striking = asyncio.Lock()
        self._to_strike = asyncio.Event()
        self._published: list[Letter] = []
        self._positions: dict[tuple[str, int], int] = {}
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
        client_id = f"{self._database.service}-relay"
        producer = new_producer(self._bootstrap, client_id, **self._security)
        try:
            async with asyncio.TaskGroup() as group:
                beside = [group.create_task(work()) for work in (self._keep_lease, self._keep_list)]
                await producer.start()
                await self._publish(producer)
                for task in beside:
                    task.cancel()
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
                self._bag.must_read_back = await outbox.anything_pending(connection)

    async def _read_back(self, producer: AIOKafkaProducer) -> None:
        await self._strike_off()
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
            self._positions |= await send(producer, letters)
        self._published += letters
        self._to_strike.set()
        for letter in letters:
            PUBLISHED[letter.topic].inc()

    async def _keep_list(self) -> None:
        """Strike off what was published, a little later and many at once: nobody waits for it."""
        while True:
            await self._to_strike.wait()
            await asyncio.sleep(_STRIKE_AFTER)
            self._to_strike.clear()
            await self._strike_off()

    async def _strike_off(self) -> None:
        async with self._striking:
            published, self._published = self._published, []
            positions, self._positions = self._positions, {}
            if not published:
                return
            ours = await outbox.mark_published(
                self._database.pool,
                [letter.envelope.event_id for letter in published],
                positions,
                self.lease.holder,
                self.lease.epoch,
            )
        if not ours:
            raise RelayError("the lease was lost")

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
        with contextlib.suppress(RelayError, *AWAY):
            await self._strike_off()
            await self.lease.give_back()
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
