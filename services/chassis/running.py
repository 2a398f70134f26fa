"""The running service: what lives long, started and stopped in order."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import uvicorn
from fastapi import FastAPI
from faststream.kafka import KafkaBroker

from services.chassis import kafka_security, log, loop_lag
from services.chassis.consumer import Consumer, Subscription
from services.chassis.database import AWAY, Database
from services.chassis.health import Health
from services.chassis.housekeeping import Housekeeper
from services.chassis.keeping import CHASSIS, Keeping
from services.chassis.listener import Listener, Takes
from services.chassis.operations import operations
from services.chassis.post_metrics import PARKED_KEYS
from services.chassis.relay import Relay
from services.chassis.settings import ServiceSettings
from services.chassis.timers import TimerHandler, Timers
from services.chassis.watchdog import Watchdog

Loop = Callable[[], Awaitable[None]]
_log = log.get_logger()
_SWEEP_EVERY = 5.0
_GRACE = 20.0


@dataclass(frozen=True)
class Feed:
    """A topic whose records are no events of ours, and who takes them."""

    topic: str
    taker: Takes


@dataclass
class Parts:
    """What a service's `app.py` hands over to be run."""

    app: FastAPI
    subscription: Subscription | None = None
    feed: Feed | None = None
    """For a service without a subscription."""
    timers: Mapping[str, TimerHandler] = field(default_factory=dict)
    loops: Mapping[str, Loop] = field(default_factory=dict)
    """Background loops by name; one that raises ends the process, and a restart is the recovery."""
    keeping: Sequence[Keeping] = ()
    """How long the service's own tables are kept; what it says of a table of the chassis counts."""


class Process:
    """The running service."""

    def __init__(
        self, service: str, settings: ServiceSettings, database: Database, parts: Parts
    ) -> None:
        self._settings = settings
        self._database = database
        self._parts = parts
        self._stop = asyncio.Event()
        security = kafka_security.options(settings)
        self._relay = Relay(database, settings.kafka_bootstrap, **security)
        self._timers = Timers(database, parts.timers) if parts.timers else None
        self._housekeeper = Housekeeper(database, (*CHASSIS, *parts.keeping), settings)
        self._consumer = (
            Consumer(database, parts.subscription) if parts.subscription is not None else None
        )
        self._listener = _listener(service, settings, parts, self._consumer)
        parts.app.include_router(operations(database, self._relay, self._listener, self._consumer))
        self._probe(parts.app.state.health)

    def _probe(self, health: Health) -> None:
        async def database() -> str | None:
            return None if await self._database.pool.fetchval("SELECT true") else "no answer"

        async def relay() -> str | None:
            held = await self._database.pool.fetchval(
                "SELECT EXISTS (SELECT FROM relay_lease WHERE expires_at > clock_timestamp())"
            )
            return None if held else "nobody publishes"

        async def kafka() -> str | None:
            assert self._listener is not None
            consumer = self._listener.kafka
            return (
                None if consumer is not None and consumer.assignment() else "not in the group yet"
            )

        health.ready_probes.update(database=database, relay=relay)
        if self._listener is not None:
            health.ready_probes["kafka"] = kafka

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT: then take no more work, finish what is in hand, and end."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        async with asyncio.TaskGroup() as group:
            server = _Server(
                uvicorn.Config(
                    self._parts.app,
                    host=self._settings.http_host,
                    port=self._settings.http_port,
                    log_config=None,
                    access_log=False,
                    timeout_graceful_shutdown=5,
                    server_header=False,
                )
            )
            serving = group.create_task(server.serve())
            relaying = [
                group.create_task(self._relay.run()),
                group.create_task(self._relay.measure()),
                group.create_task(loop_lag.measure()),
            ]
            loops = [group.create_task(_named(name, work)) for name, work in self._loops().items()]
            await self._stop.wait()
            _log.info("service.stops")
            self._parts.app.state.health.stopping = True
            if self._listener is not None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._listener.stop(), _GRACE)
            for task in loops:
                task.cancel()
            server.should_exit = True
            await asyncio.wait([serving, *loops], timeout=_GRACE)
            for task in relaying:
                task.cancel()

    def _loops(self) -> dict[str, Loop]:
        loops: dict[str, Loop] = {**self._parts.loops, "housekeeping": self._housekeeper.run}
        if self._timers is not None:
            loops["timers"] = self._timers.run
        if self._listener is not None:
            loops["listener"] = self._listen
            loops["watchdog"] = Watchdog(self._listener).run
        if self._consumer is not None:
            loops["parking"] = self._sweep
        return loops

    async def _listen(self) -> None:
        assert self._listener is not None
        while True:
            try:
                await self._listener.start()
            except Exception as error:
                _log.warning("kafka.not_there_yet", error=type(error).__name__)
                await self._listener.stop()
                await asyncio.sleep(1)
            else:
                _log.info("listener.started", topics=self._listener.topics)
                return

    async def _sweep(self) -> None:
        assert self._consumer is not None
        while True:
            await asyncio.sleep(_SWEEP_EVERY)
            try:
                await self._consumer.sweep()
                waiting = await self._database.pool.fetchval(
                    "SELECT count(DISTINCT (topic, key)) FROM parked WHERE resolved_at IS NULL"
                )
            except AWAY:
                continue
            PARKED_KEYS.set(waiting)


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers: the process decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def _listener(
    service: str, settings: ServiceSettings, parts: Parts, consumer: Consumer | None
) -> Listener | None:
    def feed(taker: Takes, topics: list[str]) -> Listener:
        broker = _broker(service, settings)
        return Listener(broker, taker, service, topics, paced=settings.kafka_paced)

    if parts.subscription is not None and consumer is not None:
        return feed(consumer, parts.subscription.topics)
    return feed(parts.feed.taker, [parts.feed.topic]) if parts.feed is not None else None


def _broker(service: str, settings: ServiceSettings) -> KafkaBroker:
    return KafkaBroker(
        settings.kafka_bootstrap,
        client_id=service,
        request_timeout_ms=30_000,
        retry_backoff_ms=250,
        metadata_max_age_ms=60_000,
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=15.0,
        logger=None,
        **kafka_security.broker_options(settings),
    )


async def _named(name: str, work: Loop) -> None:
    try:
        await work()
    except Exception as error:
        _log.critical("loop.ended", loop=name, error=type(error).__name__, exc_info=error)
        raise
