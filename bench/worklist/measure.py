"""What is measured: the first page over HTTP, its plan, and the rate at which discharges are opened."""

import asyncio
import multiprocessing
import re
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.request import Request, urlopen

import asyncpg
import uvicorn

from schemas.spell import Indicator, SpellDischarged
from services.chassis.database import Database, open_database
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause
from services.referral.app import build_app
from services.referral.config import ReferralSettings
from services.referral.domain.rules import Playbook
from services.referral.outbound import worklist_views
from services.referral.outbound.handovers import HandoverTables
from services.referral.outbound.playbook_files import read_playbook
from services.referral.usecases.open_handovers import open_handovers

BATCH = 200


@dataclass(frozen=True)
class Times:
    """How long pages took, in milliseconds."""

    p50: float
    p95: float
    most: float


def serve(dsn: str, settings: ReferralSettings) -> None:
    """The real application on its port, for as long as the process lives."""

    async def run() -> None:
        database = await open_database(dsn, "referral")
        app = build_app(settings, database, read_playbook(live=False))
        app.state.health.ready = True
        config = uvicorn.Config(
            app, host="127.0.0.1", port=settings.http_port, log_level="warning", access_log=False
        )
        await uvicorn.Server(config).serve()

    asyncio.run(run())


class Served:
    """The application in a process of its own, as it is in use."""

    def __init__(self, dsn: str, settings: ReferralSettings) -> None:
        self._port = settings.http_port
        self._process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(dsn, settings)
        )

    def __enter__(self) -> Self:
        self._process.start()
        for _ in range(600):
            try:
                self.open("/livez", "")
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise RuntimeError("the application did not start")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join(20)

    def open(self, path: str, token: str) -> tuple[float, str]:
        """Milliseconds and the page."""
        asked = Request(
            f"http://127.0.0.1:{self._port}{path}",
            headers={"Accept": "text/html", "Authorization": f"Bearer {token}"} if token else {},
        )
        began = time.perf_counter()
        with urlopen(asked, timeout=60) as answer:  # noqa: S310
            text = answer.read().decode()
        return (time.perf_counter() - began) * 1000, text

    def times(self, path: str, token: str, count: int) -> Times:
        """Open a page again and again, after a few that are not counted."""
        for _ in range(10):
            self.open(path, token)
        took = sorted(self.open(path, token)[0] for _ in range(count))
        return Times(
            round(statistics.median(took), 1),
            round(statistics.quantiles(took, n=20, method="inclusive")[-1], 1),
            round(took[-1], 1),
        )


async def opening_rate(dsn: str, playbook: Playbook, batches: int) -> float:
    """Discharges opened a second: the use case of the consumer, in batches, on the real tables."""
    database = await open_database(dsn, "referral")
    try:
        await _open(database, playbook)
        took = [await _open(database, playbook) for _ in range(batches)]
    finally:
        await database.pool.close()
    return round(BATCH / statistics.median(took), 1)


async def _open(database: Database, playbook: Playbook) -> float:
    now = datetime.now(UTC)
    events = [
        (
            SpellDischarged(
                patient_key=f"bench-{new_id()}",
                spell_id=new_id(),
                provider="ZTB",
                encounter_class="IMP",
                discharged_at=now,
                discharge_method="1",
                discharge_destination="19",
                practice="Z90005",
                indicators=(Indicator(code="763264000", value=6),),
            ),
            Cause(new_id(), new_id()),
        )
        for _ in range(BATCH)
    ]
    began = time.perf_counter()
    async with database.unit_of_work() as unit:
        await open_handovers(unit, events, handovers=HandoverTables(), playbook=playbook)
    return time.perf_counter() - began


async def plan_of_the_page(dsn: str, team: str) -> list[str]:
    """How PostgreSQL finds the first page."""
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "referral"})
    try:
        now = datetime.now(UTC)
        values: list[Any] = [[team], "staff-ward", None, "all", now, now, None, None, 20, 8]
        rows = await connection.fetch(
            f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {worklist_views.PAGE}", *values
        )
    finally:
        await connection.close()
    return [row[0] for row in rows]


def reads_all_of(plan: list[str], table: str) -> bool:
    """Whether a plan looks at a table from end to end."""
    return any(re.search(rf"Seq Scan on {table}\b", line) for line in plan)
