"""One message over MLLP, and its answer: the client's half of HL7 over TCP."""

import socket
from contextlib import closing

from services.console.errors import ConsoleError

START, END = b"\x0b", b"\x1c\r"
LARGEST_ANSWER = 1 << 20


def exchange(address: str, body: bytes, *, timeout: float = 30) -> bytes:
    """Send `body` to `host:port` and wait for the answer, `timeout` seconds at most.

    Raises `ConsoleError` when nobody answers: whether the message was taken is then unknown, and sending the
    very same message again is safe.
    """
    host, _, port = address.rpartition(":")
    try:
        with closing(socket.create_connection((host, int(port)), timeout)) as line:
            line.sendall(START + body + END)
            return _read_frame(line)
    except (OSError, ValueError) as error:
        raise ConsoleError(f"no answer from {address} ({type(error).__name__})") from None


def _read_frame(line: socket.socket) -> bytes:
    heard = bytearray()
    while END not in heard and len(heard) <= LARGEST_ANSWER:
        chunk = line.recv(65536)
        if not chunk:
            break
        heard += chunk
    start, end = heard.find(START), heard.find(END)
    if start < 0 or end < start:
        raise ValueError("the line was closed without an answer")
    return bytes(heard[start + 1 : end])
