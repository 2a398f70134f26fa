"""When referral starts, the first look at the directory and the timer of that look come at the same moment."""

import asyncio
import contextlib

from services.referral.app import build_directory_clock
from services.referral.outbound.directory_table import DirectoryTables
from tests.support.eventually import eventually

_CLAIM = "SELECT FROM timers WHERE kind = 'directory.turn' AND rung_at IS NULL FOR UPDATE"
_SOMEBODY_WAITS = """
SELECT count(*) > 0 FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%timers%'
"""


async def test_neither_waits_for_what_the_other_holds(house):
    clock = build_directory_clock(house.database, house.playbook)
    async with house.database.unit_of_work() as rings:
        await rings.connection.execute(_CLAIM)
        begins = asyncio.create_task(clock.follow_for_ever())

        async def waits():
            return await house.pool.fetchval(_SOMEBODY_WAITS)

        await eventually(waits)
        # Shorter than the time after which PostgreSQL looks for two that wait for each other.
        await rings.connection.execute("SET LOCAL lock_timeout = '500ms'")
        await DirectoryTables().lock(rings.connection)
        await clock.when_the_directory_turns((), rings)

    async def turned():
        return await house.pool.fetchval(
            "SELECT count(*) > 0 FROM timers WHERE kind = 'directory.turn' AND due_at > now()"
            " OR kind = 'directory.turn' AND cancelled_at IS NOT NULL"
        )

    await eventually(turned)
    assert not begins.done()
    begins.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await begins
