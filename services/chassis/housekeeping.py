"""Deletes the plumbing that is over: a few rows at a time, by one process at a time, on the database's clock."""

import asyncio
from collections.abc import Iterable
from uuid import UUID, uuid4

from services.chassis.database import AWAY, Database
from services.chassis.keeping import Clearing, Keeping
from services.chassis.log import get_logger
from services.chassis.post_metrics import CLEARED, HOUSEKEEPING_AGE
from services.chassis.settings import ServiceSettings

BATCH = 1000
_LOOK_EVERY = 60.0
_SHORTEST_PAUSE = 0.05
_HELD_SECONDS = 60
_log = get_logger()

_BEGIN = "INSERT INTO housekeeping DEFAULT VALUES ON CONFLICT DO NOTHING"
_TAKE = """
UPDATE housekeeping SET holder = $1, held_until = clock_timestamp() + make_interval(secs => $2)
WHERE held_until < clock_timestamp() AND succeeded_at < clock_timestamp() - interval '1 hour'
RETURNING true
"""
_HOLD = """
UPDATE housekeeping SET held_until = clock_timestamp() + make_interval(secs => $2)
WHERE holder = $1 AND held_until > clock_timestamp()
RETURNING true
"""
_END = """
UPDATE housekeeping
SET held_until = '-infinity', succeeded_at = CASE WHEN $2 THEN clock_timestamp() ELSE succeeded_at END
WHERE holder = $1
"""
_AGE = "SELECT extract(epoch FROM clock_timestamp() - succeeded_at)::float FROM housekeeping"


class LostError(Exception):
    """Another process clears up now."""


class Housekeeper:
    """Clears up once an hour, in whichever process of the service comes first.

    Two that cleared up at once would harm nothing: what one deletes, the other passes by.
    """

    def __init__(
        self, database: Database, keeping: Iterable[Keeping], settings: ServiceSettings
    ) -> None:
        self._database = database
        self._settings = settings
        self._clearings = {
            kept.table: kept.clearing for kept in keeping if kept.clearing is not None
        }
        self.holder: UUID = uuid4()

    async def run(self) -> None:
        """Look for ever whether it is time; the database may be away meanwhile."""
        while True:
            try:
                await self.look()
            except AWAY as error:
                _log.warning("housekeeping.waits", error=type(error).__name__)
            await asyncio.sleep(_LOOK_EVERY)

    async def look(self) -> bool:
        """Clear up if it is an hour since anybody did and nobody does; returns whether we did."""
        pool = self._database.pool
        # A database that was filled from elsewhere may lack our row.
        await pool.execute(_BEGIN)
        ours = bool(await pool.fetchval(_TAKE, self.holder, _HELD_SECONDS))
        if ours:
            await self.clear_up()
        HOUSEKEEPING_AGE.set(await pool.fetchval(_AGE))
        return ours

    async def clear_up(self) -> dict[str, int]:
        """Clear every table; returns how many rows went. A table that fails does not keep the others waiting."""
        began, whole = asyncio.get_running_loop().time(), True
        gone: dict[str, int] = {}
        for table, clearing in self._clearings.items():
            try:
                gone[table] = await self._clear(table, clearing)
            except LostError:
                _log.info("housekeeping.lost")
                return gone
            except AWAY:
                raise
            except Exception as error:
                whole = False
                _log.error("housekeeping.failed", table=table, error=type(error).__name__)
        await self._database.pool.execute(_END, self.holder, whole)
        seconds = round(asyncio.get_running_loop().time() - began, 1)
        _log.info("housekeeping.done", deleted=gone, whole=whole, seconds=seconds)
        return gone

    async def _clear(self, table: str, clearing: Clearing) -> int:
        gone = 0
        days = clearing.days or getattr(self._settings, clearing.setting)
        while True:
            began = asyncio.get_running_loop().time()
            batch = await self._batch(clearing.sql, days)
            CLEARED[table].inc(batch)
            gone += batch
            if batch < BATCH:
                return gone
            # Rest for as long as the work took, so that at most half of the database's time goes into this.
            took = asyncio.get_running_loop().time() - began
            await asyncio.sleep(max(_SHORTEST_PAUSE, took))

    async def _batch(self, sql: str, days: int) -> int:
        async with self._database.reading() as connection, connection.transaction():
            if not await connection.fetchval(_HOLD, self.holder, _HELD_SECONDS):
                raise LostError
            done: str = await connection.execute(sql, days, BATCH)
        return int(done.rpartition(" ")[2])
