"""The database and the broker of a bench: started once, emptied for every run, and gone at the end."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from psycopg import sql

from deploy.local.broker import LONG_POLL, Broker
from deploy.local.kafka import choose_broker
from deploy.local.postgres import LocalPostgres
from schemas.topics import TOPICS
from services.chassis.migrate import migrate
from services.console.site.database import NAME, create_database
from services.console.site.environment import Environment
from services.console.site.keys import SERVICES
from services.console.site.plan import Plan as SitePlan
from services.console.site.plan import choose_ports
from services.console.topics import make_topics

_MIGRATED = "baton_migrated"


class UnfitBrokerError(RuntimeError):
    """This broker answers empty fetches at once, so that whoever waits burns a core: no figure would mean anything."""


class Site:
    """Everything that floor and product share."""

    def __init__(self, plan: SitePlan, postgres: LocalPostgres, broker: Broker) -> None:
        self.plan = plan
        self.postgres = postgres
        self.broker = broker
        self.environment = Environment(plan, kafka=broker.bootstrap, paced=False, dsn=postgres.dsn)
        self._admin = AdminClient({"bootstrap.servers": broker.bootstrap, "log_level": 0})

    @property
    def kafka_pid(self) -> int | None:
        """The broker's process, where it is one of ours."""
        pid: int | None = getattr(self.broker, "pid", None)
        return pid

    @property
    def postgres_pid(self) -> int:
        """The server's first process."""
        assert self.postgres.pid is not None
        return self.postgres.pid

    def superuser(self) -> psycopg.Connection:
        """A connection that may look at everything in the run's database."""
        return psycopg.connect(self.postgres.superuser_dsn(NAME), autocommit=True)

    def prepare(self) -> None:
        """Make the database that every run gets a copy of: the product's own roles and migrations."""
        passwords = self.plan.keys.passwords
        asyncio.run(create_database(self.postgres, passwords))
        for service in SERVICES:
            owner = f"{service}_owner"
            asyncio.run(
                migrate(self.postgres.dsn(NAME, f"baton_{owner}", passwords[owner]), service)
            )
        self._run("ALTER DATABASE {} RENAME TO {}", NAME, _MIGRATED)

    def renew(self) -> None:
        """Give the next run an empty database, empty topics and groups that nobody was ever in."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", NAME)
        self._run("CREATE DATABASE {} TEMPLATE {}", NAME, _MIGRATED)
        for service in SERVICES:
            self._run("GRANT CONNECT ON DATABASE {} TO {}", NAME, f"baton_{service}")
        self._forget_topics()
        asyncio.run(make_topics(self.broker.bootstrap, replication=1))
        self._run("CHECKPOINT")

    def _forget_topics(self) -> None:
        here = set(self._admin.list_topics(timeout=10).topics) & set(TOPICS)
        groups = [g.group_id for g in self._admin.list_consumer_groups().result().valid]
        if groups:
            _wait(self._admin.delete_consumer_groups(groups))
        if here:
            _wait(self._admin.delete_topics(sorted(here)))
        while set(self._admin.list_topics(timeout=10).topics) & set(TOPICS):
            time.sleep(0.05)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.postgres.superuser_dsn(), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def open_site(logs: Path, kafka: str) -> Iterator[Site]:
    """Start PostgreSQL and Kafka on free ports of the loopback; everything ends and is removed with the block.

    Raises `UnfitBrokerError` where there is only a broker that cannot be measured on.
    """
    plan = SitePlan(
        ports=choose_ports(usual=False),
        data=Path(tempfile.mkdtemp(prefix="baton-bench-")),
        logs=logs,
        kafka=kafka,
    )
    broker = choose_broker(kafka, plan.ports["kafka"])
    if LONG_POLL not in broker.capabilities:
        raise UnfitBrokerError(f"{broker.describe()} answers empty fetches at once")
    postgres = LocalPostgres(plan.ports["postgres"])
    plan.letters.mkdir()
    try:
        postgres.start(plan.data / "postgres")
        _keep_commit_times(postgres, plan.data / "postgres")
        broker.start(plan.data / "kafka")
        site = Site(plan, postgres, broker)
        site.prepare()
        yield site
    finally:
        broker.stop()
        if postgres.data_dir is not None:
            postgres.destroy()
        shutil.rmtree(plan.data, ignore_errors=True)


def _keep_commit_times(postgres: LocalPostgres, folder: Path) -> None:
    """Let the server note when each transaction committed: the end of every latency, for floor and product alike."""
    with psycopg.connect(postgres.superuser_dsn(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    postgres.stop()
    postgres.start(folder)


def _wait(futures: Mapping[str, Future[Any]]) -> None:
    for future in futures.values():
        try:
            future.result(10)
        except KafkaException as error:
            if error.args[0].name() not in ("GROUP_ID_NOT_FOUND", "UNKNOWN_TOPIC_OR_PART"):
                raise
