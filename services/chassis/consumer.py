"""What happens to a batch of records: heard once, in order, together; a spoiling one is parked alone."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from schemas.envelope import Envelope
from schemas.event import Event
from services.chassis import inbox, parking
from services.chassis.arrival import Arrival, Received, in_stream_order, read
from services.chassis.batches import isolating
from services.chassis.database import AWAY, Database
from services.chassis.inbox import Heard
from services.chassis.log import get_logger
from services.chassis.parking import Holds, Reason
from services.chassis.post_metrics import CONSUMED, PARKED, REPEATED
from services.chassis.unit_of_work import UnitOfWork

__all__ = ["Consumer", "Handler", "Received", "Subscription"]

Handler = Callable[[Sequence[Received], UnitOfWork], Awaitable[None]]
Forget = Callable[[Sequence[str], UnitOfWork], Awaitable[None]]

_TRIES = 3
_log = get_logger()


@dataclass(frozen=True)
class Subscription:
    """What a service listens to.

    `handle` gets new events only, in the order of each stream, many at once, inside one open unit of work.
    `forget` gets the keys of tombstones, whose holders must be erased.
    """

    events: tuple[type[Event], ...]
    handle: Handler
    forget: Forget | None = None

    @property
    def topics(self) -> list[str]:
        """The topics where these events are said."""
        return sorted({event.topic for event in self.events})


class Consumer:
    """Handles batches for one service. Raises only trouble that passes (`AWAY`); the records stay where they are."""

    def __init__(self, database: Database, subscription: Subscription) -> None:
        self._database = database
        self._subscription = subscription
        self._wanted = frozenset(event.schema_id() for event in subscription.events)
        self._by_id = {event.schema_id(): event.type for event in subscription.events}

    async def handle(self, arrivals: Sequence[Arrival]) -> None:
        """Take a batch in the order of its partitions; when this returns, each record is durable in its outcome."""
        for arrival in arrivals:
            self.read(arrival)
        await isolating(arrivals, self._together, self._alone)

    def read(self, arrival: Arrival) -> None:
        """Fill in what a record says, as far as this service wants to know; never raises."""
        read(arrival, self._wanted)

    async def _together(self, arrivals: Sequence[Arrival]) -> None:
        async with self._database.unit_of_work() as unit:
            await self._receive(arrivals, unit)

    async def _alone(self, arrival: Arrival, error: Exception) -> None:
        """A record that fails by itself gets two more tries; then it is parked, and its key held."""
        for _ in range(_TRIES - 1):
            try:
                await self._together([arrival])
            except AWAY:
                raise
            except Exception as again:
                error = again
            else:
                return
        arrival.trouble, arrival.error = "poison", type(error).__name__
        _log.error(
            "record.parked", reason="poison", error=type(error).__name__, topic=arrival.topic
        )
        await self._together([arrival])

    async def _receive(self, arrivals: Sequence[Arrival], unit: UnitOfWork) -> None:
        heard = await inbox.lock(
            unit.connection, (a.envelope.stream for a in arrivals if a.envelope)
        )
        holds = await parking.holds(unit.connection, (a.key for a in arrivals))
        ready: list[Arrival] = []
        parked: list[tuple[Arrival, Reason]] = []
        for arrival in arrivals:
            reason = self._sort(arrival, heard, holds, ready)
            if reason is not None:
                parked.append((arrival, reason))
        await inbox.claim(unit.connection, heard)
        if parked:
            await parking.park(unit.connection, parked)
            for _, reason in parked:
                PARKED[reason].inc()
        await self._work(ready, unit)
        for topic, key, stream in {
            (a.topic, a.key, a.envelope.stream)
            for a in ready
            if a.envelope and a.envelope.stream in holds.streams
        }:
            await self.drain(unit, topic, key, stream)

    def _sort(
        self, arrival: Arrival, heard: dict[str, Heard], holds: Holds, ready: list[Arrival]
    ) -> Reason | None:
        """Put a record among the ready ones, or say why it must be parked; a repeat is neither."""
        if arrival.is_tombstone and arrival.trouble is None:
            ready.append(arrival)
            return None
        if arrival.envelope is None:
            return "undecodable"
        if (arrival.topic, arrival.key) in holds.keys:
            return "behind"
        return self._place(arrival, arrival.envelope, heard[arrival.envelope.stream], holds, ready)

    @staticmethod
    def _place(
        arrival: Arrival, envelope: Envelope, stream: Heard, holds: Holds, ready: list[Arrival]
    ) -> Reason | None:
        standing = stream.standing(envelope, latest_only=arrival.latest_only)
        if standing == "repeated":
            REPEATED.inc()
            return None
        if standing == "conflict":
            return "conflict"
        if standing == "early":
            holds.streams.add(envelope.stream)
            return "gap"
        if arrival.trouble in ("poison", "schema"):
            holds.keys.add((arrival.topic, arrival.key))
            return arrival.trouble
        stream.note(envelope)
        ready.append(arrival)
        return None

    async def _work(self, ready: Sequence[Arrival], unit: UnitOfWork) -> None:
        """Hand events to the service in order, and erase where a tombstone lies between them."""
        events: list[Received] = []
        for arrival in ready:
            if arrival.is_tombstone:
                await self._hand_over(events, unit)
                events = []
                if self._subscription.forget is not None:
                    await self._subscription.forget([arrival.key], unit)
                await parking.erase(unit.connection, arrival.topic, [arrival.key])
            elif arrival.envelope is not None and arrival.event is not None:
                events.append(Received(arrival.envelope, arrival.event))
        await self._hand_over(events, unit)

    async def _hand_over(self, events: Sequence[Received], unit: UnitOfWork) -> None:
        if events:
            await self._subscription.handle(events, unit)
            for received in events:
                CONSUMED[received.event.type].inc()

    async def drain(
        self,
        unit: UnitOfWork,
        topic: str,
        key: str,
        stream: str | None = None,
        *,
        by: str = "system",
    ) -> int:
        """Handle what waits for this key (or one stream of it) in order, as far as it goes; returns how many.

        Stops at the first record that fails again: it keeps holding what is behind it.
        """
        done = 0
        waiting = await parking.waiting(unit.connection, topic, key, stream)
        for arrival in waiting:
            self.read(arrival)
        for arrival in in_stream_order(waiting):
            reason = await self._again(arrival, unit, by)
            if reason in ("poison", "schema"):
                break
            done += reason is None
        return done

    async def _again(self, arrival: Arrival, unit: UnitOfWork, by: str) -> Reason | None:
        """Look at a parked record once more; None when it waits no longer, else why it still does."""
        assert arrival.parked_id is not None
        heard = await inbox.lock(
            unit.connection, [arrival.envelope.stream] if arrival.envelope else []
        )
        ready: list[Arrival] = []
        reason = self._sort(arrival, heard, Holds(), ready)
        if ready:
            try:
                async with unit.attempt():
                    await inbox.claim(unit.connection, heard)
                    await self._work(ready, unit)
            except AWAY:
                raise
            except Exception as error:
                reason, arrival.error = "poison", type(error).__name__
        if reason is not None:
            await parking.set_reason(unit.connection, arrival.parked_id, reason, arrival.error)
        else:
            await parking.resolve(
                unit.connection, [arrival.parked_id], "handled" if ready else "repeated", by
            )
        return reason

    async def release(self, topic: str, key: str, *, by: str) -> int:
        """Let a held key go, in one transaction; returns how many of its records were handled."""
        async with self._database.unit_of_work() as unit:
            return await self.drain(unit, topic, key, by=by)

    async def sweep(self) -> None:
        """Handle what waits although nothing holds it: left by a release and an arrival that crossed."""
        async with self._database.reading() as connection:
            keys = await parking.left_behind(connection)
        for topic, key in keys:
            await self.release(topic, key, by="system")
