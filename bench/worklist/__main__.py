"""Measure the worklist: `python -m bench.worklist [--tasks N] [--open N]`."""

import argparse
import asyncio
import hashlib
import json
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.calibration import calibrate
from bench.machine import commit, machine
from bench.worklist.load import WARD, load_list, load_past
from bench.worklist.measure import Served, opening_rate, plan_of_the_page, reads_all_of
from deploy.local.ports import Port
from deploy.local.postgres import LocalPostgres
from services.chassis.database import open_database
from services.chassis.migrate import migrate
from services.console.site.database import NAME, create_database
from services.referral.config import ReferralSettings
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.rule_versions import RuleVersionTable

BUILD = Path(__file__).resolve().parents[2] / "build"
PAGES = {"everything": "/", "overdue": "/?show=overdue", "clerical": "/?skill=clerical"}
COUNT = 100
BATCHES = 30


def main() -> None:
    """Measure with the list alone, load the past, and measure again."""
    asked = argparse.ArgumentParser(prog="bench.worklist", description=__doc__)
    asked.add_argument("--tasks", type=int, default=5_000_000, help="closed tasks beside the list")
    asked.add_argument("--open", type=int, default=10_000, help="open tasks of the team")
    options = asked.parse_args()
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"[{time.monotonic() - began:4.0f} s] {line}", flush=True)

    server = LocalPostgres()
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-worklist-", dir=BUILD) as folder:
        server.start(Path(folder) / "postgres")
        try:
            figures = _measure(server, options.tasks, options.open, tell)
        finally:
            server.destroy()
    file = BUILD / "bench-worklist.json"
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    tell(f"all figures in {file}")


def _measure(server: LocalPostgres, tasks: int, on_list: int, tell: Any) -> dict[str, Any]:
    passwords = {f"referral{part}": secrets.token_hex(8) for part in ("", "_owner")}
    for other in ("discharge", "notify"):
        passwords |= {f"{other}{part}": secrets.token_hex(8) for part in ("", "_owner")}
    asyncio.run(create_database(server, passwords))
    asyncio.run(
        migrate(server.dsn(NAME, "baton_referral_owner", passwords["referral_owner"]), "referral")
    )
    dsn, root = (
        server.dsn(NAME, "baton_referral", passwords["referral"]),
        server.superuser_dsn(NAME),
    )
    playbook = read_playbook(live=False)
    asyncio.run(_keep_rules(dsn))
    rule = playbook.rule("R01")
    assert rule is not None
    token = secrets.token_hex(16)
    settings = _settings(dsn, token)

    def look(name: str) -> dict[str, Any]:
        plan = asyncio.run(plan_of_the_page(root, WARD))
        with Served(dsn, settings) as served:
            page = served.open("/", token)[1]
            times = {what: asdict(served.times(at, token, COUNT)) for what, at in PAGES.items()}
        rate = asyncio.run(opening_rate(dsn, playbook, BATCHES))
        seen = {
            "pages_ms": times,
            "page_bytes": len(page),
            "patients_on_page": page.count("baton-patient"),
            "discharges_opened_per_second": rate,
            "reads_all_tasks": reads_all_of(plan, "tasks"),
            "reads_all_handovers": reads_all_of(plan, "handovers"),
            "plan": plan,
            "calibration": asdict(calibrate(BUILD)),
        }
        tell(f"{name}: first page {times['everything']} ms, {rate} discharges opened a second")
        return seen

    asyncio.run(load_list(root, on_list, rule.version))
    tell(f"{on_list} open tasks of one team")
    alone = look("alone")
    asyncio.run(load_past(root, tasks, rule.version))
    tell(f"{tasks} closed tasks loaded")
    among = look("among the past")
    for line in among["plan"]:
        print(f"    {line}")
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "postgres": server.describe(),
        "open_tasks_of_the_team": on_list,
        "closed_tasks": tasks,
        "alone": alone,
        "among_the_past": among,
        "page_ratio": _ratio(among, alone, lambda one: one["pages_ms"]["everything"]["p50"]),
        "opening_ratio": _ratio(among, alone, lambda one: one["discharges_opened_per_second"]),
    }


def _ratio(after: Any, before: Any, figure: Callable[[Any], float]) -> float:
    return round(figure(after) / figure(before), 2)


async def _keep_rules(dsn: str) -> None:
    database = await open_database(dsn, "referral")
    async with database.unit_of_work() as unit:
        await RuleVersionTable().keep(unit.connection, read_playbook(live=False).rules)
    await database.pool.close()


def _settings(dsn: str, token: str) -> ReferralSettings:
    holder = {
        "sha256": hashlib.sha256(token.encode()).hexdigest(),
        "ref": "staff-ward",
        "roles": ["team-member"],
        "teams": [WARD],
    }
    given: dict[str, Any] = {
        "environment": "test",
        "database_url": dsn,
        "kafka_bootstrap": "localhost:1",
        "http_port": Port(None).claim(),
        "site_secret": secrets.token_hex(16),
        "session_secret": secrets.token_hex(16),
        "api_tokens": orjson.dumps([holder]).decode(),
    }
    return ReferralSettings(**given)


if __name__ == "__main__":
    main()
