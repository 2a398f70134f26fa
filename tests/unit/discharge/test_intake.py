import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from services.chassis.errors import Transient
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.intake import Intake, NotStored
from tests.support.hospital import an_adt

ARRIVAL = Arrival(datetime(2026, 9, 8, tzinfo=UTC), "mllp")


class Broken:
    """A database that fails in a way nobody thought of, and quotes what it was given."""

    @asynccontextmanager
    async def unit_of_work(self):
        raise ValueError("invalid input: SHAW^PETER")
        yield


async def test_more_than_fits_in_hand_is_sent_away_to_come_again():
    message = an_adt()
    intake = Intake(Broken(), None, str, most_bytes=len(message) + 10)
    waiting = asyncio.create_task(intake.hl7(message, ARRIVAL))
    await asyncio.sleep(0)

    with pytest.raises(Transient):
        await intake.hl7(message, ARRIVAL)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_failure_that_nobody_expected_repeats_nothing_of_the_message():
    intake = Intake(Broken(), None, str)
    running = asyncio.create_task(intake.run())

    with pytest.raises(NotStored) as failure:
        await intake.hl7(an_adt(), ARRIVAL)

    assert "SHAW" not in str(failure.value)
    assert failure.value.__cause__ is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
