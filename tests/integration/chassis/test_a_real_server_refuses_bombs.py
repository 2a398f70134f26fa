import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.web import TOKEN, served, some_app

HEAD = (
    "POST /wishes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    f"Authorization: Bearer {TOKEN}\r\n"
)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with served(some_app()) as address:
        yield int(address.rsplit(":", 1)[1])


async def answer_to(port: int, *parts: bytes) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
    except ConnectionError:
        pass  # the server has heard enough
    async with asyncio.timeout(10):
        head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return head.decode()


async def test_an_endless_chunked_body_is_cut_off(port: int) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    head = await answer_to(
        port, HEAD.encode(), b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 40
    )
    assert head.startswith("HTTP/1.1 413 ")
    assert "application/problem+json" in head


async def test_a_body_that_says_it_is_huge_is_refused_before_it_comes(port: int) -> None:
    head = await answer_to(port, HEAD.encode(), b"Content-Length: 99999999999\r\n\r\n")
    assert head.startswith("HTTP/1.1 413 ")
    assert "content-security-policy" in head


@pytest.mark.parametrize(
    "smuggled",
    [
        b"X-Correlation-ID: a\r\n b\r\n\r\n",
        b"X-Correlation-ID: a\x00b\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    ],
)
async def test_odd_headers_never_come_back(port: int, smuggled: bytes) -> None:
    head = await answer_to(port, HEAD.encode(), smuggled)
    assert head.split()[1][0] in "45"
    assert "x-correlation-id: a" not in head
