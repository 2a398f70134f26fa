"""A receiver of webhooks over real HTTP, which answers as it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

Mood = Literal["well", "failing", "gone", "elsewhere", "slow", "endless", "cut-off"]
_ANSWERS: dict[str, bytes] = {
    "well": b"HTTP/1.1 204 No Content\r\n\r\n",
    "failing": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops",
    "gone": b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "elsewhere": b"HTTP/1.1 302 Found\r\nLocation: /stolen\r\nContent-Length: 0\r\n\r\n",
}


@dataclass(frozen=True)
class Heard:
    """One message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found


@dataclass
class Hook:
    """What was heard, and how the next message is answered."""

    url: str = ""
    mood: Mood = "well"
    heard: list[Heard] = field(default_factory=list)
    talks: set[Any] = field(default_factory=set, repr=False)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on one connection."""
        self.talks.add(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._hear(reader)
            await self._speak(reader, writer)
        writer.close()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.heard.append(Heard(head[0].split(" ")[1], headers, body))

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mood == "slow":
            await reader.read()
        elif self.mood == "endless":
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while not reader.at_eof():
                writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
                await writer.drain()
        elif self.mood != "cut-off":
            writer.write(_ANSWERS[self.mood])
            await writer.drain()


@asynccontextmanager
async def a_hook(tls: ssl.SSLContext | None = None) -> AsyncIterator[Hook]:
    """A receiver on this machine, for as long as it is needed."""
    hook = Hook()
    server = await asyncio.start_server(hook.answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    hook.url = f"http://127.0.0.1:{port}/hook?tenant=4"
    try:
        yield hook
    finally:
        server.close()
        for talk in hook.talks:
            talk.cancel()
