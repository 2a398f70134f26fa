"""The MLLP listener: one answer for each message, one message in flight on each connection; it never dies."""

import asyncio
import contextlib
import resource
import ssl
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass
from datetime import UTC, datetime

from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.discharge.domain.message import INTERNAL_ERROR, Answer
from services.discharge.inbound import measures
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.acks import answers
from services.discharge.inbound.hl7.framing import Cut, Found, Frame, MllpFramer, Overflow, frame
from services.discharge.inbound.hl7.message import read_head
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.limits import TOO_LARGE

NOT_NOW = Answer("AE", INTERNAL_ERROR, "", "Not stored; send it again later")

_CHUNK_BYTES = 64 * 1024
_BACKLOG = 1_024
"""Connections that may wait to be welcomed: after an outage all come at once."""
_HANDSHAKE_SECONDS = 10.0
_OTHER_DESCRIPTORS = 200
_log = get_logger()


@dataclass(frozen=True)
class Limits:
    """What a sender may ask of us."""

    connections: int = 1_000
    idle_seconds: float = 600.0
    """Without a whole message for this long, a connection is closed."""
    frame_seconds: float = 30.0
    """A frame that has begun must end within this time."""
    answer_seconds: float = 10.0
    """A sender must take its answer within this time."""
    bytes_begun: int = 64 * 1024 * 1024
    """What all frames together may hold that have begun and not ended."""


class MllpListener:
    """Listens on one address."""

    def __init__(
        self,
        intake: Intake,
        host: str,
        port: int,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._intake = intake
        self._host = host
        self._port = port
        self._limits = limits or Limits()
        self._tls = tls
        self._begun = 0
        self._conversations: set[asyncio.Task[None]] = set()
        self.address: tuple[str, int] | None = None
        """Host and port, once it listens; port 0 was asked for a free one."""

    async def run(self) -> None:
        """Listen until cancelled, then hang up on everybody: what was not answered will be sent again."""
        _make_room(self._limits.connections)
        server = await asyncio.start_server(
            self._welcome,
            self._host,
            self._port,
            backlog=_BACKLOG,
            ssl=self._tls,
            ssl_handshake_timeout=_HANDSHAKE_SECONDS if self._tls else None,
        )
        host, port = server.sockets[0].getsockname()[:2]
        self.address = (host, port)
        _log.info("mllp.listens", port=port)
        try:
            await asyncio.Event().wait()
        finally:
            self.address = None
            server.close()
            for conversation in list(self._conversations):
                conversation.cancel()

    async def listens(self) -> str | None:
        """Readiness: None when it does."""
        return None if self.address else "does not listen"

    async def _welcome(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._conversations) >= self._limits.connections:
            measures.REFUSED_CONNECTIONS.inc()
            _log.warning("mllp.connection_refused", connections=len(self._conversations))
            writer.close()
            return
        self._conversations.add(task)
        measures.CONNECTIONS.inc()
        try:
            await self._converse(reader, writer)
        except asyncio.CancelledError:
            # Only closing down cancels; what is not answered will be sent again.
            _log.info("mllp.hangs_up")
        except (OSError, TimeoutError) as error:
            _log.info("mllp.connection_ended", reason=type(error).__name__)
        except Exception as error:  # noqa: BLE001  (one sender's trouble is not the others')
            _log.error("mllp.connection_failed", error=type(error).__name__, exc_info=error)
        finally:
            self._conversations.discard(task)
            measures.CONNECTIONS.dec()
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await writer.wait_closed()

    async def _converse(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Read and answer until the sender goes, or is too slow."""
        framer = MllpFramer()
        reason = "unfinished"
        try:
            reason = await self._listen(reader, writer, framer)
        except TimeoutError:
            reason = "slow"
            raise
        finally:
            self._begun -= framer.held
            if framer.in_frame:
                measures.BROKEN_FRAMES[reason].inc()
                _log.warning("mllp.frame_broken", reason=reason)

    async def _listen(self, reader: StreamReader, writer: StreamWriter, framer: MllpFramer) -> str:
        """Why it ended, in a word. Raises `TimeoutError` when the sender is too slow."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + self._limits.idle_seconds
        while True:
            async with asyncio.timeout_at(patience):
                chunk = await reader.read(_CHUNK_BYTES)
            if not chunk:
                return "unfinished"
            was_in_frame, held = framer.in_frame, framer.held
            found = framer.feed(chunk)
            self._begun += framer.held - held
            for each in found:
                await self._answer(each, writer)
            if self._begun > self._limits.bytes_begun and framer.held > held:
                refusal = answers(read_head(framer.head), NOT_NOW, new_id(), datetime.now(UTC))
                await self._say(refusal, writer)
                return "crowded"
            if framer.in_frame and (found or not was_in_frame):
                patience = loop.time() + self._limits.frame_seconds
            elif found:
                patience = loop.time() + self._limits.idle_seconds

    async def _answer(self, found: Found, writer: StreamWriter) -> None:
        now = datetime.now(UTC)
        if isinstance(found, Cut):
            measures.BROKEN_FRAMES["cut"].inc()
            _log.warning("mllp.frame_cut")
            return
        if isinstance(found, Overflow):
            measures.BROKEN_FRAMES["too-large"].inc()
            _log.warning("mllp.frame_too_large")
            said = answers(read_head(found.head), TOO_LARGE, new_id(), now)
        else:
            said = await self._take(found, now)
        await self._say(said, writer)

    async def _say(self, said: tuple[bytes, ...], writer: StreamWriter) -> None:
        writer.write(b"".join(frame(answer) for answer in said))
        async with asyncio.timeout(self._limits.answer_seconds):
            await writer.drain()

    async def _take(self, found: Frame, now: datetime) -> tuple[bytes, ...]:
        try:
            header, outcome = await self._intake.hl7(found.body, Arrival(now, "mllp"))
        except Exception as error:  # noqa: BLE001  (whatever it was, the sender keeps the message)
            _log.error("intake.not_stored", error=type(error).__name__)
            return answers(read_head(found.body), NOT_NOW, new_id(), now)
        return answers(header, outcome.answer, outcome.message_id, outcome.received_at)


def _make_room(connections: int) -> None:
    """Each connection is a file to the system: ask it for as many as may come."""
    wanted = connections + _OTHER_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = hard == resource.RLIM_INFINITY
    if soft < wanted and soft != resource.RLIM_INFINITY:
        most = wanted if unlimited else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        if most < wanted:
            _log.warning("mllp.too_few_descriptors", wanted=wanted, granted=most)
