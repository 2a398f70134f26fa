import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.timers import Rung, Timers
from services.chassis.unit_of_work import UnitOfWork
from tests.support.eventually import eventually


class Bell:
    """Remembers what rang, and fails for subjects that it is told to fail for."""

    def __init__(self) -> None:
        self.rung: list[UUID] = []
        self.failing: set[UUID] = set()

    async def __call__(self, rung: Sequence[Rung], unit: UnitOfWork) -> None:
        if any(r.subject in self.failing for r in rung):
            raise ValueError
        self.rung += [r.subject for r in rung]


@pytest.fixture
def bell() -> Bell:
    return Bell()


async def set_timers(database: Database, *subjects: UUID, seconds: float = -1) -> None:
    async with database.unit_of_work() as unit:
        for subject in subjects:
            unit.set_timer("task.deadline", subject, unit.now + timedelta(seconds=seconds))


async def ring_all(timers: Timers) -> None:
    while await timers.ring(50):
        pass


async def test_two_processes_ring_each_timer_once(referral: Database, bell: Bell) -> None:
    subjects = [new_id() for _ in range(500)]
    await set_timers(referral, *subjects)
    one, two = (Timers(referral, {"task.deadline": bell}) for _ in range(2))

    await asyncio.gather(ring_all(one), ring_all(two))

    assert sorted(bell.rung) == sorted(subjects)


async def test_a_timer_does_not_ring_before_its_time_and_wakes_the_loop_when_it_is_sooner(
    referral: Database, bell: Bell
) -> None:
    timers = Timers(referral, {"task.deadline": bell})
    running = asyncio.create_task(timers.run())
    later, soon = new_id(), new_id()
    await set_timers(referral, later, seconds=3600)
    await set_timers(referral, soon, seconds=0.2)

    await eventually(lambda: bell.rung == [soon], what="the sooner one rang")

    at = await referral.pool.fetchrow("SELECT rung_at, due_at FROM timers WHERE subject = $1", soon)
    assert at["rung_at"] >= at["due_at"]
    running.cancel()


async def test_a_cancelled_timer_stays_silent(referral: Database, bell: Bell) -> None:
    subject = new_id()
    await set_timers(referral, subject)
    async with referral.unit_of_work() as unit:
        unit.cancel_timers(subject)

    await ring_all(Timers(referral, {"task.deadline": bell}))

    assert bell.rung == []


async def test_what_a_failing_timer_did_is_taken_back_and_the_others_ring(
    referral: Database, bell: Bell
) -> None:
    subjects = [new_id() for _ in range(30)]
    bell.failing = {subjects[3]}
    await set_timers(referral, *subjects)

    await ring_all(Timers(referral, {"task.deadline": bell}))

    assert sorted(set(bell.rung)) == sorted(set(subjects) - bell.failing)
    put_off = await referral.pool.fetchval(
        "SELECT due_at FROM timers WHERE rung_at IS NULL AND kind = 'task.deadline'"
    )
    assert put_off > datetime.now(UTC)
