"""The hospital's side of MLLP: one connection that has one message on its way at a time."""

import asyncio
from collections.abc import Callable
from typing import cast

_END = b"\x1c\r"
_TAKEN = b"MSA|AA|"


class RefusedError(Exception):
    """A message was answered with something else than `AA`, or the connection ended."""


class Connection(asyncio.Protocol):
    """Sends a message when asked and says when its answer has come."""

    def __init__(
        self, answered: Callable[["Connection"], None], failed: Callable[[Exception], None]
    ) -> None:
        self._answered = answered
        self._failed = failed
        self._got = b""
        self._transport: asyncio.Transport | None = None
        self.asked = -1
        """Place of the message on its way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are none by inheritance, only by what they do.
        self._transport = cast("asyncio.Transport", transport)

    def send(self, place: int, frame: bytes) -> None:
        """Send one message; the caller waits for its answer before the next."""
        assert self._transport is not None
        self.asked = place
        self._transport.write(frame)

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._got.endswith(_END):
            return
        answer, self._got = self._got, b""
        if _TAKEN in answer:
            self._answered(self)
        else:
            self._failed(RefusedError(answer.decode("utf-8", "replace")))

    def connection_lost(self, exc: Exception | None) -> None:
        self._failed(exc or RefusedError("the connection ended"))

    def close(self) -> None:
        """Hang up, without calling that a failure."""
        self._failed = _nobody_minds
        if self._transport is not None:
            self._transport.close()


def _nobody_minds(error: Exception) -> None:
    del error
