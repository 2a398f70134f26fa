"""The client's half of MLLP."""

import socket
import threading
from collections.abc import Callable

import pytest

from services.console.errors import ConsoleError
from services.console.messages.mllp import exchange

Serve = Callable[[socket.socket], None]


def serve(answer: Serve) -> str:
    server = socket.create_server(("127.0.0.1", 0))

    def once() -> None:
        line, _ = server.accept()
        with line:
            answer(line)
        server.close()

    threading.Thread(target=once, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_the_message_is_framed_and_the_answer_unframed() -> None:
    heard = []

    def answer(line: socket.socket) -> None:
        heard.append(line.recv(1000))
        line.sendall(b"\x0bMSA|AA|1\x1c\r")

    said = exchange(serve(answer), b"MSH|x")

    assert heard == [b"\x0bMSH|x\x1c\r"]
    assert said == b"MSA|AA|1"


def test_an_answer_in_pieces_with_noise_before_it_is_read() -> None:
    def answer(line: socket.socket) -> None:
        line.recv(1000)
        for piece in (b"\r\n\x0bMSA|", b"AA|1\x1c", b"\r"):
            line.sendall(piece)

    assert exchange(serve(answer), b"MSH|x") == b"MSA|AA|1"


def test_a_line_that_closes_without_an_answer_is_said_so() -> None:
    with pytest.raises(ConsoleError, match="no answer from"):
        exchange(serve(lambda line: line.close()), b"MSH|x")


def test_silence_ends_after_the_time_given() -> None:
    with pytest.raises(ConsoleError, match="TimeoutError"):
        exchange(
            serve(lambda line: line.recv(1000) and threading.Event().wait(2)), b"x", timeout=0.1
        )


def test_nobody_there_is_one_sentence() -> None:
    with pytest.raises(ConsoleError, match=r"no answer from 127\.0\.0\.1:1 "):
        exchange("127.0.0.1:1", b"x")
