import asyncio
from typing import Any

import pytest

from services.discharge.inbound.hl7.framing import frame
from tests.integration.discharge.conftest import Ward
from tests.support.eventually import eventually
from tests.support.hospital import an_adt


@pytest.fixture
def given_settings() -> dict[str, Any]:
    return {"mllp_connections": 2, "mllp_idle_seconds": 1.0, "mllp_frame_seconds": 0.5}


async def test_one_connection_too_many_is_closed_and_the_others_go_on(ward: Ward):
    first, second = await ward.line(), await ward.line()
    await first.send(an_adt(control_id="A"))
    await second.send(an_adt(control_id="B"))

    third = await ward.line()

    assert await third.is_closed()
    assert b"MSA|AA|C" in await first.send(an_adt(control_id="C"))


async def test_a_place_that_is_given_up_can_be_taken(ward: Ward):
    first, second = await ward.line(), await ward.line()
    await second.send(an_adt(control_id="A"))
    first.close()

    async def can_speak() -> bool:
        try:
            return b"MSA|AA" in await ward.send(an_adt(control_id="B"))
        except (EOFError, ConnectionError):
            return False

    await eventually(can_speak)


async def test_a_silent_connection_is_closed(ward: Ward):
    assert await (await ward.line()).is_closed()


async def test_noise_does_not_keep_a_connection_open(ward: Ward):
    line = await ward.line()

    async def chatter() -> None:
        while True:
            line.write(b"noise")
            await asyncio.sleep(0.05)

    task = asyncio.create_task(chatter())
    assert await line.is_closed()
    task.cancel()


async def test_a_frame_that_dribbles_is_cut_off(ward: Ward):
    line = await ward.line()

    async def dribble() -> None:
        for byte in frame(an_adt()):
            line.write(bytes([byte]))
            await asyncio.sleep(0.05)

    task = asyncio.create_task(dribble())
    assert await line.is_closed()
    task.cancel()
    assert await ward.stored() == []


async def test_a_connection_in_use_stays_open(ward: Ward):
    line = await ward.line()

    for number in range(6):
        assert b"MSA|AA" in await line.send(an_adt(control_id=f"N{number}"))
        await asyncio.sleep(0.2)


async def test_closing_down_hangs_up_on_everybody(ward: Ward):
    line = await ward.line()
    await line.send(an_adt())

    ward.loops["mllp"].cancel()

    assert await line.is_closed()
