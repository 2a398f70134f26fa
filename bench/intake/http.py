"""The hospital's side of HTTP: one connection that has one request on its way at a time."""

import re

from bench.mllp import Connection, RefusedError

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_TAKEN = b"HTTP/1.1 200 "


class WebConnection(Connection):
    """Sends a request when asked and says when its answer has come."""

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(_END_OF_HEAD)
        length = _LENGTH.search(head + b"\r\n")
        if not end or length is None or len(body) < int(length[1]):
            return
        self._got = b""
        if head.startswith(_TAKEN):
            self._answered(self)
        else:
            self._failed(RefusedError(head.decode("latin-1")))
