"""Discharge alone, with a PostgreSQL of its own: what it says waits in its outbox, because there is no Kafka."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.local.ports import LOOPBACK, is_listening
from deploy.local.postgres import LocalPostgres
from services.chassis.migrate import migrate
from services.console.site.database import NAME, create_database
from services.console.site.environment import Environment
from services.console.site.plan import Plan, choose_ports
from services.console.site.processes import Watched

_READY_WITHIN = 60.0
_NOWHERE = f"{LOOPBACK}:1"


@dataclass(frozen=True)
class House:
    """Where it listens, who it is, and what it stored."""

    plan: Plan
    postgres: LocalPostgres
    pid: int

    @property
    def mllp(self) -> int:
        """The port for HL7 v2."""
        return self.plan.ports["mllp"]

    @property
    def http(self) -> int:
        """The port for FHIR."""
        return self.plan.ports["discharge"]

    def stored(self) -> int:
        """Messages that are durable."""
        with psycopg.connect(self.postgres.superuser_dsn(NAME)) as connection:
            row = connection.execute("SELECT count(*) FROM discharge.source_messages").fetchone()
        return int(row[0]) if row else 0


@contextmanager
def open_house(logs: Path, connections: int) -> Iterator[House]:
    """Start both on free ports of the loopback; everything ends and is removed with the block."""
    plan = Plan(
        ports=choose_ports(usual=False),
        data=Path(tempfile.mkdtemp(prefix="baton-bench-")),
        logs=logs,
        kafka="none",
    )
    postgres = LocalPostgres(plan.ports["postgres"])
    service = None
    try:
        postgres.start(plan.data / "postgres")
        passwords = plan.keys.passwords
        asyncio.run(create_database(postgres, passwords))
        owner = postgres.dsn(NAME, "baton_discharge_owner", passwords["discharge_owner"])
        asyncio.run(migrate(owner, "discharge"))
        environment = Environment(plan, kafka=_NOWHERE, paced=False, dsn=postgres.dsn)
        told = environment.of("discharge") | {"BATON_MLLP_CONNECTIONS": str(connections + 10)}
        service = Watched("discharge", "services.discharge", told, plan.logs)
        doors = [plan.ports["mllp"], plan.ports["discharge"]]
        service.child.wait_until(lambda: all(is_listening(door) for door in doors), _READY_WITHIN)
        yield House(plan, postgres, service.child.pid)
    finally:
        if service is not None:
            service.child.stop(grace=20)
        if postgres.data_dir is not None:
            postgres.destroy()
        shutil.rmtree(plan.data, ignore_errors=True)
