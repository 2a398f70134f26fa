"""A hospital system that sends over MLLP, and sends again what nobody acknowledged."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

START, END = b"\x0b", b"\x1c\r"
_ANSWER_WITHIN = 4.0
_PAUSE = 0.1


class Line:
    """One connection to the hospital's Baton, opened anew when it breaks."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._socket: socket.socket | None = None

    def ask(self, body: bytes) -> str | None:
        """Send a message; the acknowledgement code, or None when no answer came."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._address, _ANSWER_WITHIN)
            self._socket.sendall(START + body + END)
            return _code(self._read())
        except (OSError, ValueError):
            self.close()
            return None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self) -> bytes:
        assert self._socket is not None
        heard = b""
        while END not in heard:
            chunk = self._socket.recv(65536)
            if not chunk:
                raise ValueError("the line was closed")
            heard += chunk
        return heard


def _code(ack: bytes) -> str:
    segments = ack.strip(START + END).split(b"\r")
    [msa] = [segment for segment in segments if segment.startswith(b"MSA|")]
    return msa.split(b"|")[1].decode()


def send(address: tuple[str, int], *bodies: bytes) -> list[str | None]:
    """Send messages once each on one connection; their acknowledgement codes."""
    line = Line(address)
    try:
        return [line.ask(body) for body in bodies]
    finally:
        line.close()


@dataclass
class Sent:
    """What happened to the messages of a trickle."""

    accepted: int = 0
    no_answer: int = 0
    not_now: int = 0
    """AE: not stored, send again."""
    longest_wait: float = 0.0
    """Seconds from the first attempt at a message to its AA."""
    refused: list[str] = field(default_factory=list)


class Trickle:
    """Sends messages steadily on a few connections, each again and again until it is accepted.

    `make` gives the next message; it is asked until somebody says that it is enough.
    """

    def __init__(
        self,
        address: tuple[str, int],
        make: Callable[[], bytes],
        *,
        a_second: float,
        connections: int = 3,
    ) -> None:
        self._address = address
        self._make = make
        self._pause = connections / a_second
        self._lock = threading.Lock()
        self._enough = threading.Event()
        self._give_up = threading.Event()
        self._senders = [
            threading.Thread(target=self._work, name=f"sender-{number}", daemon=True)
            for number in range(connections)
        ]
        self.sent = Sent()

    def __enter__(self) -> Self:
        for sender in self._senders:
            sender.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._enough.set()
        self._give_up.set()
        for sender in self._senders:
            sender.join(_ANSWER_WITHIN + 1)

    def finish(self, timeout: float) -> None:
        """Begin no other message, and wait until every one that was begun is accepted."""
        self._enough.set()
        deadline = time.monotonic() + timeout
        for sender in self._senders:
            sender.join(max(0.0, deadline - time.monotonic()))
        alive = any(sender.is_alive() for sender in self._senders)
        assert not alive, f"not everything was accepted within {timeout:g} s: {self.sent}"
        assert self.sent.refused == []

    def _work(self) -> None:
        line = Line(self._address)
        while not self._enough.is_set():
            with self._lock:
                body = self._make()
            self._until_accepted(line, body)
            self._enough.wait(self._pause)
        line.close()

    def _until_accepted(self, line: Line, body: bytes) -> None:
        began = time.monotonic()
        while not self._give_up.is_set():
            code = line.ask(body)
            with self._lock:
                done = self._note(code, time.monotonic() - began)
            if done:
                return
            self._give_up.wait(_PAUSE)

    def _note(self, code: str | None, waited: float) -> bool:
        sent = self.sent
        if code == "AA":
            sent.accepted += 1
            sent.longest_wait = max(sent.longest_wait, waited)
            return True
        if code is None:
            sent.no_answer += 1
        elif code == "AE":
            sent.not_now += 1
        else:
            sent.refused.append(code)
            return True
        return False
