"""Rows that ring once: the effect and the mark in one transaction, on the database's clock."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.database import AWAY, Database
from services.chassis.log import get_logger
from services.chassis.post_metrics import CLOCK_SKEW, TIMER_LATENESS, TIMERS_OVERDUE, TIMERS_RUNG
from services.chassis.unit_of_work import UnitOfWork

_log = get_logger()
_AT_ONCE = 1000
_LONGEST_SLEEP = 5.0


@dataclass(frozen=True, slots=True)
class Rung:
    """A timer whose time has come."""

    timer_id: UUID
    kind: str
    subject: UUID
    due_at: datetime
    """UTC; when it should have rung."""


TimerHandler = Callable[[Sequence[Rung], UnitOfWork], Awaitable[None]]

_DUE = """
SELECT timer_id, kind, subject, due_at FROM timers
WHERE rung_at IS NULL AND cancelled_at IS NULL AND due_at <= clock_timestamp() AND kind = ANY($1::text[])
ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""

_NEXT = """
SELECT extract(epoch FROM min(due_at) - clock_timestamp())::float AS seconds,
       extract(epoch FROM clock_timestamp())::float AS clock
FROM timers WHERE rung_at IS NULL AND cancelled_at IS NULL AND kind = ANY($1::text[])
"""


class Timers:
    """Rings what is due, many at once; several processes may run it side by side."""

    def __init__(self, database: Database, handlers: Mapping[str, TimerHandler]) -> None:
        self._database = database
        self._handlers = handlers
        self._kinds = sorted(handlers)
        self._sooner = asyncio.Event()
        self._wakes_at = datetime.max.replace(tzinfo=UTC)
        database.on_commit.append(self._on_commit)

    def _on_commit(self, unit: UnitOfWork) -> None:
        earliest = unit.earliest_timer
        if earliest is not None and earliest < self._wakes_at:
            self._sooner.set()

    async def run(self) -> None:
        """Ring for ever: sleep until the next is due, wake early when a sooner one was set."""
        while True:
            try:
                while await self.ring(_AT_ONCE):
                    pass
                wait = await self._until_next()
            except AWAY as error:
                _log.warning("timers.wait", error=type(error).__name__)
                wait = 1.0
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._sooner.wait()
            self._sooner.clear()

    async def ring(self, limit: int) -> int:
        """Ring up to `limit` timers that are due; returns how many. A failing one is rung alone, and named."""
        try:
            return await self._ring_together(limit)
        except AWAY:
            raise
        except Exception as error:
            if limit == 1:
                _log.error("timer.failed", error=type(error).__name__)
                await self._put_off()
                return 1
            return await self.ring(max(1, limit // 4))

    async def _ring_together(self, limit: int) -> int:
        async with self._database.unit_of_work() as unit:
            due = await self._claim(unit.connection, limit)
            for kind, group in groupby(
                sorted(due, key=lambda rung: rung.kind), key=lambda rung: rung.kind
            ):
                await self._handlers[kind](sorted(group, key=lambda rung: rung.due_at), unit)
            await unit.connection.execute(
                "UPDATE timers SET rung_at = clock_timestamp() WHERE timer_id = ANY($1::uuid[])",
                [rung.timer_id for rung in due],
            )
            now = unit.now
        for rung in due:
            TIMERS_RUNG[rung.kind].inc()
            TIMER_LATENESS.observe(max(0.0, (now - rung.due_at).total_seconds()))
        return len(due)

    async def _claim(self, connection: Connection, limit: int) -> list[Rung]:
        rows = await connection.fetch(_DUE, self._kinds, limit)
        return [Rung(row["timer_id"], row["kind"], row["subject"], row["due_at"]) for row in rows]

    async def _put_off(self) -> None:
        """Let the timer that fails by itself ring again in a minute, so that the others get their turn."""
        async with self._database.unit_of_work() as unit:
            await unit.connection.execute(
                """
                UPDATE timers SET due_at = clock_timestamp() + interval '1 minute'
                WHERE timer_id = (SELECT timer_id FROM timers WHERE rung_at IS NULL AND cancelled_at IS NULL
                                  AND kind = ANY($1::text[]) AND due_at <= clock_timestamp()
                                  ORDER BY due_at LIMIT 1)
                """,
                self._kinds,
            )

    async def _until_next(self) -> float:
        async with self._database.reading() as connection:
            row = await connection.fetchrow(_NEXT, self._kinds)
        assert row is not None
        TIMERS_OVERDUE.set(1 if row["seconds"] is not None and row["seconds"] < -1 else 0)
        CLOCK_SKEW.set(time.time() - row["clock"])
        wait = (
            _LONGEST_SLEEP
            if row["seconds"] is None
            else min(max(row["seconds"], 0.005), _LONGEST_SLEEP)
        )
        self._wakes_at = datetime.fromtimestamp(row["clock"], UTC) + timedelta(seconds=wait)
        return wait
