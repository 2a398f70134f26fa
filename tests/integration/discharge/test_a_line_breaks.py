"""Whatever a line does to a message, it is taken whole and answered once, or not taken at all."""

import asyncio
import socket
import struct
from typing import Any

import pytest

from services.chassis.metrics import registry
from services.discharge.inbound.hl7.framing import frame
from tests.integration.discharge.conftest import Line, Ward
from tests.support.eventually import eventually
from tests.support.hospital import an_adt


@pytest.fixture
def given_settings() -> dict[str, Any]:
    return {"mllp_frame_seconds": 0.4, "mllp_idle_seconds": 30.0}


def broken(reason: str) -> float:
    found = registry.get_sample_value("baton_mllp_broken_frames_total", {"reason": reason})
    return found or 0.0


async def test_a_byte_now_and_then_is_cut_off_after_the_time_for_a_frame(ward: Ward) -> None:
    before = broken("slow")
    line = await ward.line()

    async def dribble() -> None:
        for byte in frame(an_adt()):
            line.write(bytes([byte]))
            await asyncio.sleep(0.02)

    dribbling = asyncio.create_task(dribble())
    assert await line.is_closed()
    dribbling.cancel()
    assert broken("slow") == before + 1
    assert await ward.stored() == []


async def test_a_message_whose_end_never_comes_is_not_taken(ward: Ward) -> None:
    line = await ward.line()

    line.write(b"\x0b" + an_adt())

    assert await line.is_closed()
    assert await ward.stored() == []


async def test_a_sender_that_goes_in_the_middle_is_counted(ward: Ward) -> None:
    before = broken("unfinished")
    line = await ward.line()

    line.write(b"\x0b" + an_adt()[:200])
    await line.writer.drain()
    line.close()

    await eventually(lambda: broken("unfinished") == before + 1)
    assert await ward.stored() == []


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
async def test_segments_may_end_as_files_do(ward: Ward, end: bytes) -> None:
    assert b"MSA|AA|M1001" in await ward.send(an_adt().replace(b"\r", end))
    assert len(await ward.said("spell.discharged")) == 1


@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
async def test_a_message_in_many_packets_is_one_message(ward: Ward, size: int) -> None:
    line = await ward.line()
    line.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = frame(an_adt())

    for at in range(0, len(data), size):
        line.write(data[at : at + size])
        await line.writer.drain()
        await asyncio.sleep(0)

    assert b"MSA|AA|M1001" in await line.answer()
    assert len(await ward.stored()) == 1


async def test_messages_sent_without_waiting_are_answered_in_their_order(ward: Ward) -> None:
    line = await ward.line()
    names = [f"P{number}" for number in range(60)]

    line.write(b"".join(frame(an_adt(control_id=name, visit=name)) for name in names))

    for name in names:
        assert f"MSA|AA|{name}\r".encode() in await line.answer() + b"\r"
    assert len(await ward.stored()) == 60


async def test_noise_of_every_kind_between_messages_is_ignored(ward: Ward) -> None:
    line = await ward.line()

    for noise in (b"\x1c\r", b"\r\n\r\n", b"\x1c" * 50, bytes(range(0x0C, 0x100)) * 10, b"\x00"):
        line.write(noise)
        line.write(frame(an_adt()))
        assert b"MSA|AA|M1001" in await line.answer()


async def test_a_sender_that_resets_the_line_before_its_answer_is_answered_when_it_asks_again(
    ward: Ward,
) -> None:
    line = await ward.line()
    line.write(frame(an_adt()))
    await line.writer.drain()
    _reset(line)
    await eventually(ward.stored)

    assert b"MSA|AA|M1001" in await ward.send(an_adt())
    assert len(await ward.stored()) == 1
    assert len(await ward.said("spell.discharged")) == 1


async def test_a_sender_that_takes_no_answers_does_not_hold_up_the_others(ward: Ward) -> None:
    deaf, good = await ward.line(), await ward.line()
    deaf.writer.transport.pause_reading()

    async def shout() -> None:
        for number in range(2_000):
            deaf.write(frame(an_adt(control_id=f"D{number}", processing="X")))
            await deaf.writer.drain()

    shouting = asyncio.create_task(shout())
    for number in range(5):
        name = f"G{number}"
        assert f"MSA|AA|{name}".encode() in await good.send(an_adt(control_id=name, visit=name))
    shouting.cancel()
    await asyncio.gather(shouting, return_exceptions=True)


def _reset(line: Line) -> None:
    """Hang up with a reset instead of a goodbye."""
    linger = struct.pack("ii", 1, 0)
    line.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    line.writer.transport.abort()
