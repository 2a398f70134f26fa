"""MLLP framing: a stream of bytes, cut anywhere, becomes frames. Pure; it never fails."""

from dataclasses import dataclass

from services.discharge.inbound.limits import MOST_BYTES

START = 0x0B
END = 0x1C
_START = b"\x0b"
_END = b"\x1c"
_RESTART = b"\x0bMSH"

_HEAD_BYTES = 2048


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole message, without its frame."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Overflow:
    """A frame grew beyond the limit; the rest of it is skipped. Its sender waits for an answer."""

    head: bytes
    """How it began: enough to tell the control id."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A frame broke off and another began: its sender has given up waiting, so it gets no answer."""


Found = Frame | Overflow | Cut


class MllpFramer:
    """Bytes in, frames out. How the bytes are cut into chunks makes no difference.

    A frame is 0x0B, the message, 0x1C, and usually 0x0D, which may be missing. Everything between frames is
    ignored.
    """

    def __init__(self, limit: int = MOST_BYTES) -> None:
        self._limit = limit
        self._inside = bytearray()
        self._open = False
        self._skipping = False

    @property
    def in_frame(self) -> bool:
        """Whether a frame has begun and not ended."""
        return self._open

    @property
    def held(self) -> int:
        """Bytes kept of a frame that has not ended."""
        return len(self._inside)

    @property
    def head(self) -> bytes:
        """How the frame that has not ended began: enough to tell the control id."""
        return bytes(self._inside[:_HEAD_BYTES])

    def feed(self, chunk: bytes) -> list[Found]:
        """Take the next bytes; returns what they complete, in order."""
        found: list[Found] = []
        at = 0
        while at < len(chunk):
            if not self._open:
                start = chunk.find(_START, at)
                if start < 0:
                    break
                self._open, at = True, start + 1
                continue
            end = chunk.find(_END, at)
            self._take(chunk[at : end if end >= 0 else len(chunk)], found)
            if end < 0:
                break
            self._close(found)
            at = end + 1
        return found

    def _take(self, part: bytes, found: list[Found]) -> None:
        if self._skipping:
            return
        self._inside += part
        if len(self._inside) > self._limit:
            found.append(Overflow(bytes(self._inside[: min(_HEAD_BYTES, self._limit)])))
            self._inside.clear()
            self._skipping = True

    def _close(self, found: list[Found]) -> None:
        if not self._skipping:
            body = bytes(self._inside)
            # A vertical tab may stand in a text; one before MSH is a sender that started again.
            again = body.rfind(_RESTART)
            if again >= 0:
                found.append(Cut())
                body = body[again + 1 :]
            found.append(Frame(body))
        self._inside.clear()
        self._open = self._skipping = False


def frame(message: bytes) -> bytes:
    """Put a message into a frame."""
    return _START + message + b"\x1c\r"
