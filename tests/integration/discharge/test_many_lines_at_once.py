"""However many lines are open, whoever has something to say is answered at once."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services.chassis.metrics import registry
from services.discharge.app import build
from services.discharge.inbound.hl7.framing import frame
from services.discharge.inbound.hl7.listener import Limits, MllpListener
from tests.integration.discharge.conftest import Line, Ward
from tests.support.eventually import eventually
from tests.support.hospital import an_adt

IDLE = 2_000
FILES = 2 * IDLE + 500
"""Both ends of each line are files of this process."""


@pytest.fixture
def given_settings() -> dict[str, Any]:
    return {"mllp_connections": IDLE + 10}


@pytest.fixture(autouse=True)
def room() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        pytest.skip(f"needs {FILES} open files; this system grants {hard}")
    if soft != resource.RLIM_INFINITY and soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))


def open_now() -> float:
    return registry.get_sample_value("baton_mllp_connections") or 0.0


async def test_two_thousand_silent_lines_hold_up_nobody(ward: Ward) -> None:
    before = open_now()
    for _ in range(IDLE // 100):
        await asyncio.gather(*(ward.line() for _ in range(100)))
    await eventually(lambda: open_now() >= before + IDLE, timeout=30)

    started = time.perf_counter()
    answer = await ward.send(an_adt())
    took = time.perf_counter() - started

    assert b"MSA|AA|M1001" in answer
    assert took < 1.0


@asynccontextmanager
async def a_small_house(ward: Ward, bytes_begun: int) -> AsyncIterator[MllpListener]:
    """A listener on the same intake that has little room for what has only begun."""
    parts = build(ward.settings, ward.database)
    usual = parts.loops["mllp"].__self__
    listener = MllpListener(usual._intake, "127.0.0.1", 0, Limits(bytes_begun=bytes_begun))
    running = [asyncio.create_task(loop()) for loop in (listener.run, parts.loops["intake"])]
    await eventually(lambda: listener.address)
    yield listener
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_frames_that_only_begin_cannot_fill_the_memory(ward: Ward) -> None:
    async with a_small_house(ward, bytes_begun=2_000_000) as house:
        assert house.address is not None
        lines = [Line(*await asyncio.open_connection(*house.address)) for _ in range(5)]
        beginning = b"\x0b" + an_adt(control_id="BIG") + b"NTE|1||" + b"x" * 600_000
        for line in lines:
            line.write(beginning)
        asked = [asyncio.create_task(line.answer()) for line in lines]
        done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)

        assert b"MSA|AE|BIG|Not stored; send it again later" in done.pop().result()
        good = Line(*await asyncio.open_connection(*house.address))
        assert b"MSA|AA|GOOD" in await good.send(an_adt(control_id="GOOD"))
        for line in [*lines, good]:
            line.close()
        await asyncio.gather(*asked, return_exceptions=True)


async def test_what_was_begun_and_given_up_makes_room_again(ward: Ward) -> None:
    async with a_small_house(ward, bytes_begun=500_000) as house:
        assert house.address is not None
        for _ in range(5):
            line = Line(*await asyncio.open_connection(*house.address))
            line.write(b"\x0bMSH|" + b"x" * 400_000)
            await eventually(lambda: house._begun > 0)
            line.close()
            await eventually(lambda: house._begun == 0)

        line = Line(*await asyncio.open_connection(*house.address))
        line.write(frame(an_adt("A03", "NTE|1||" + "x" * 400_000)))
        assert b"MSA|AA|M1001" in await line.answer()
        line.close()
