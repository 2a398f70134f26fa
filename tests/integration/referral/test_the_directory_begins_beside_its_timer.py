"""When referral starts: the directory is looked at once, together with its timer, and as often as it takes."""

import asyncio
import contextlib
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from services.chassis.errors import Transient
from services.referral.app import build, build_directory_clock
from services.referral.inbound import directory_clock
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


class AwayAtFirst:
    """A database that lets the third caller in."""

    def __init__(self, database) -> None:
        self._database = database
        self.refused = 0

    def unit_of_work(self):
        if self.refused < 2:
            self.refused += 1
            raise Transient
        return self._database.unit_of_work()

    def reading(self):
        return self._database.reading()


async def test_a_first_look_that_fails_is_tried_again_and_meanwhile_referral_is_not_ready(
    house, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(directory_clock, "FIRST_PAUSE", 0.01)
    database = AwayAtFirst(house.database)
    clock = replace(build_directory_clock(house.database, house.playbook), database=database)
    assert await clock.ready() == "has not looked yet"

    with capture_logs() as logs:
        follows = asyncio.create_task(clock.follow_for_ever())
        await asyncio.wait_for(clock.begun.wait(), 20)

    assert not follows.done()
    assert await clock.ready() is None
    waited = [line for line in logs if line["event"] == "directory.first_look_waits"]
    assert [(line["error"], line["pause"]) for line in waited] == [
        ("Transient", 0.01),
        ("Transient", 0.02),
    ]
    follows.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await follows


async def test_whether_referral_is_ready_depends_on_its_first_look(house):
    parts = build(house.settings, house.database)

    found = await parts.app.state.health.ready()

    assert found == {"directory": "has not looked yet"}
