"""A referral service whose clock stands where a test puts it: practices close and patients move on exact days."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.chassis.timers import Timers
from services.referral.app import build_clocks, build_directory_clock
from services.referral.domain.rules import Playbook
from services.referral.outbound.rule_versions import RuleVersionTable
from services.rehearsal.virtual_clock import VirtualClock
from tests.integration.referral.conftest import House, some_settings
from tests.support.postgres import Database as TestDatabase
from tests.support.tables import as_migrated
from tests.unit.referral.builders import london


@dataclass
class TimedHouse(House):
    """A house with a clock of its own."""

    clock: VirtualClock | None = None

    async def at(self, text: str) -> datetime:
        """Let it be this local time: whatever is due until then rings at its own moment."""
        assert self.clock is not None
        goal = london(text)
        while (due := await self._next()) is not None and due <= goal:
            await self.clock.turn_to(max(due, self.clock.now))
            await self.ring()
        await self.clock.turn_to(goal)
        return goal

    async def ring(self) -> int:
        clocks = build_clocks(self.database, self.playbook)
        directory = build_directory_clock(self.database, self.playbook)
        return await Timers(self.database, {**clocks.timers, **directory.timers}).ring(200)

    async def look(self) -> None:
        """What a process does every minute about its directory."""
        await build_directory_clock(self.database, self.playbook).look()

    async def answer(self, team: str, act: str, **body: Any) -> Any:
        """Accept or decline what waits for a team."""
        offer_id = await self.pool.fetchval(
            "SELECT offer_id FROM offers WHERE team = $1 AND state = 'offered'", team
        )
        return await self.do(f"offers/{offer_id}/{act}", **body)

    async def do(self, what: str, **body: Any) -> Any:
        """One act: `what` is its address without the first slash."""
        async with self.client() as somebody:
            answer = await somebody.post(f"/{what}", json=body or None)
        assert answer.status_code == 200, (what, answer.text)
        return answer.json()

    async def offers(self, *states: str) -> list[tuple[str, str, str]]:
        """Team, state and why it was made, in the order in which they were made."""
        rows = await self.pool.fetch(
            "SELECT team, state, made_because FROM offers ORDER BY offer_id"
        )
        return [tuple(row) for row in rows if not states or row["state"] in states]

    async def practice_tasks(self) -> dict[str, asyncpg.Record]:
        """The open tasks that a practice was asked for, by rule."""
        rows = await self.pool.fetch(
            """
            SELECT t.* FROM tasks t JOIN offers o USING (offer_id)
            WHERE o.role = 'gp-practice' AND t.closed_at IS NULL ORDER BY t.rule_id
            """
        )
        return {row["rule_id"]: row for row in rows}

    async def history(self) -> list[tuple[str, str, str]]:
        rows = await self.pool.fetch("SELECT what, team, detail FROM history ORDER BY at, entry_id")
        return [tuple(row) for row in rows]

    async def handover(self) -> UUID:
        return await self.pool.fetchval("SELECT handover_id FROM handovers")

    async def _next(self) -> datetime | None:
        return await self.pool.fetchval(
            "SELECT min(due_at) FROM timers WHERE rung_at IS NULL AND cancelled_at IS NULL"
        )


@pytest.fixture
async def moving(
    tables_with_a_clock: TestDatabase, playbook: Playbook
) -> AsyncIterator[TimedHouse]:
    """It is Monday 28 September 2026, nine o'clock."""
    connection = await asyncpg.connect(tables_with_a_clock.dsn)
    clock = VirtualClock(connection, london("2026-09-28 09:00"))
    await clock.turn_to(clock.now)
    async with as_migrated(tables_with_a_clock, "referral") as opened:
        async with opened.unit_of_work() as unit:
            await RuleVersionTable().keep(unit.connection, playbook.rules)
        house = TimedHouse(opened, some_settings(), playbook, clock=clock)
        await house.ring()
        yield house
    await connection.close()
