"""A whole site on this machine: started in order, watched, and ended in order."""

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

from deploy.local.broker import LONG_POLL, Broker
from deploy.local.kafka import choose_broker
from deploy.local.mailbox import Mailbox
from deploy.local.postgres import LocalPostgres
from services.chassis.migrate import migrate
from services.console.site.database import NAME, create_database
from services.console.site.environment import Environment
from services.console.site.keys import SERVICES
from services.console.site.plan import Plan
from services.console.site.processes import Watched
from services.console.topics import make_topics

Tell = Callable[[str], None]
_MODULES = {service: f"services.{service}" for service in SERVICES} | {
    "console": "services.console.page"
}


class LocalSite:
    """Every part of one site; `start` and `stop` must be called from a thread that outlives it."""

    def __init__(self, plan: Plan, tell: Tell) -> None:
        self.plan = plan
        self._tell = tell
        # A child ends with the thread that started it, so the broker's thread lives as long as the site.
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="broker")
        self._broker_start: Future[None] | None = None
        self.broker: Broker = choose_broker(plan.kafka, plan.ports["kafka"])
        self.postgres = LocalPostgres(plan.ports["postgres"])
        self.mailbox = Mailbox(plan.ports["smtp"], plan.ports["mail"])
        self.watched: list[Watched] = []

    def start(self) -> None:
        """Start everything; returns when every part is ready. Raises what the part raised that is not."""
        self.plan.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.plan.letters.mkdir(exist_ok=True)
        self._broker_start = self._beside.submit(self._start_broker)
        with self._timed(lambda: f"{self.postgres.describe()} on port {self.postgres.port}"):
            self.postgres.start(self.plan.data / "postgres")
        with self._timed(lambda: "database, roles and tables"):
            asyncio.run(create_database(self.postgres, self.plan.keys.passwords))
            asyncio.run(self._migrate())
        with self._timed(lambda: f"mailbox at {self.plan.url('mail')}"):
            self.mailbox.start()
        with self._timed(lambda: f"{self.broker.describe()} at {self.broker.bootstrap}"):
            self._broker_start.result()
        with self._timed(lambda: "services and operator page"):
            self._start_processes(self._environment())

    def keep_up(self) -> bool:
        """Start again what has ended; True when something was."""
        again = False
        for process in self.watched:
            status = process.keep_up()
            if status is not None:
                self._tell(f"{process.name} ended with {status}; started again")
                again = True
        return again

    def stop(self) -> None:
        """End everything that was started, the newest first, and remove its data."""
        for process in self.watched:
            if process.child.is_running:
                process.child.process.terminate()
        for process in self.watched:
            process.child.stop(grace=30)
        if self._broker_start is not None:
            # Somebody may have lost patience while it was starting.
            with suppress(Exception):
                self._broker_start.result()
            self.broker.stop()
        self.mailbox.stop()
        self.postgres.stop()
        self._beside.shutdown()
        if self.postgres.data_dir is not None:
            shutil.rmtree(self.postgres.data_dir, ignore_errors=True)
        shutil.rmtree(self.plan.data, ignore_errors=True)

    def _start_broker(self) -> None:
        self.broker.start(self.plan.data / "kafka")
        asyncio.run(make_topics(self.broker.bootstrap, replication=1))

    def _environment(self) -> Environment:
        return Environment(
            self.plan,
            kafka=self.broker.bootstrap,
            paced=LONG_POLL not in self.broker.capabilities,
            dsn=self.postgres.dsn,
        )

    async def _migrate(self) -> None:
        for service in SERVICES:
            owner = f"{service}_owner"
            password = self.plan.keys.passwords[owner]
            await migrate(self.postgres.dsn(NAME, f"baton_{owner}", password), service)

    def _start_processes(self, environment: Environment) -> None:
        for name, module in _MODULES.items():
            told = environment.of_console() if name == "console" else environment.of(name)
            self.watched.append(Watched(name, module, told, self.plan.logs))
        for process in self.watched:
            process.wait_until_ready()

    @contextmanager
    def _timed(self, done: Callable[[], str]) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._tell(f"{done()} ({time.monotonic() - began:.1f} s)")
