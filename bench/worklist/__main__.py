"""Measure the worklist: `python -m bench.worklist [--tasks N] [--open N]`."""

import argparse
import asyncio
import hashlib
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
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
from services.referral.domain.rules import Playbook
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.rule_versions import RuleVersionTable

BUILD = Path(__file__).resolve().parents[2] / "build"
PAGES = {"overdue": "/?show=overdue", "clerical": "/?skill=clerical"}
COUNT = 60
BATCHES = 6
ROUNDS = 5
PAST = "baton_past"


def main() -> None:
    """Measure the list alone and among the past, in turns, so that both meet the same machine."""
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
    asyncio.run(load_list(root, on_list, rule.version))
    tell(f"{on_list} open tasks of one team")
    asyncio.run(_copy(server, PAST))
    past_root = server.superuser_dsn(PAST)
    past = server.dsn(PAST, "baton_referral", passwords["referral"])
    asyncio.run(load_past(past_root, tasks, rule.version))
    tell(f"{tasks} closed tasks beside the same list, in a database of their own")
    plan = asyncio.run(plan_of_the_page(past_root, WARD))
    for line in plan:
        print(f"    {line}")
    rounds = []
    with (
        Served(dsn, _settings(dsn, token)) as alone,
        Served(past, _settings(past, token)) as among,
    ):
        page = among.open("/", token)[1]
        for number in range(ROUNDS):
            pair = [_look(*one, token, playbook) for one in ((alone, dsn), (among, past))]
            rounds.append(pair)
            told = [(one["pages_ms"], one["opened_per_second"]) for one in pair]
            tell(f"round {number + 1}: alone {told[0]}, among the past {told[1]}")
        others = {what: asdict(among.times(at, token, COUNT)) for what, at in PAGES.items()}
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "postgres": server.describe(),
        "open_tasks_of_the_team": on_list,
        "closed_tasks": tasks,
        "page_p50_ms": _medians(rounds, lambda one: one["pages_ms"]["p50"]),
        "page_p95_ms": _medians(rounds, lambda one: one["pages_ms"]["p95"]),
        "opened_per_second": _medians(rounds, lambda one: one["opened_per_second"]),
        "reads_all_tasks": reads_all_of(plan, "tasks"),
        "reads_all_handovers": reads_all_of(plan, "handovers"),
        "page_bytes": len(page),
        "patients_on_page": page.count("baton-patient"),
        "other_pages_among_the_past_ms": others,
        "plan": plan,
        "rounds": rounds,
    }


def _look(served: Served, dsn: str, token: str, playbook: Playbook) -> dict[str, Any]:
    return {
        "pages_ms": asdict(served.times("/", token, COUNT)),
        "opened_per_second": asyncio.run(opening_rate(dsn, playbook, BATCHES)),
        "calibration": asdict(calibrate(BUILD)),
    }


def _medians(
    rounds: list[list[dict[str, Any]]], figure: Callable[[dict[str, Any]], float]
) -> dict[str, float]:
    """Of both databases, and of the ratio taken round by round: a noisy neighbour disturbs both alike."""
    alone, past = ([figure(one) for one in side] for side in zip(*rounds, strict=True))
    ratios = [after / before for before, after in zip(alone, past, strict=True)]
    return {
        "alone": round(statistics.median(alone), 1),
        "among_the_past": round(statistics.median(past), 1),
        "ratio": round(statistics.median(ratios), 2),
    }


async def _copy(server: LocalPostgres, name: str) -> None:
    connection = await asyncpg.connect(server.superuser_dsn())
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {NAME}")
        await connection.execute(f"GRANT CONNECT ON DATABASE {name} TO baton_referral")
    finally:
        await connection.close()


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
