"""The hospitals of a bench: messages as fast as they are answered, or at a steady rate."""

import asyncio
import selectors
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import uvloop

from bench.messages import Discharge
from bench.mllp import Connection
from deploy.local.ports import LOOPBACK

_POOL = 64
_HEAD_START = 0.05


@dataclass(frozen=True, slots=True)
class Sent:
    """What the hospital saw, in seconds since 1970, message by message."""

    due: Sequence[float]
    """When each message should have been sent: in a steady load its schedule, else when it was sent."""
    answered: Sequence[float]


class _Hospital:
    """Many connections, and the times of everything sent through them."""

    def __init__(self, discharges: Sequence[Discharge]) -> None:
        self.discharges = discharges
        self.due = [0.0] * len(discharges)
        self.answered = [0.0] * len(discharges)
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.left = len(discharges)

    async def connect(
        self,
        port: int,
        how_many: int,
        next_step: Callable[[Connection], None],
        kind: type[Connection] = Connection,
    ) -> list[Connection]:
        def answered(connection: Connection) -> None:
            self.answered[connection.asked] = time.time()
            self.left -= 1
            if not self.left and not self.done.done():
                self.done.set_result(None)
            next_step(connection)

        loop = asyncio.get_running_loop()
        made = [
            await loop.create_connection(lambda: kind(answered, self._fail), LOOPBACK, port)
            for _ in range(how_many)
        ]
        return [connection for _, connection in made]

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    @property
    def sent(self) -> Sent:
        return Sent(self.due, self.answered)


def closed_loop(
    port: int,
    discharges: Sequence[Discharge],
    connections: int,
    patience: float,
    kind: type[Connection] = Connection,
) -> Sent:
    """Send everything, each connection its next message as soon as the last one is answered."""

    async def send() -> Sent:
        hospital = _Hospital(discharges)
        places = iter(range(len(discharges)))

        def send_next(connection: Connection) -> None:
            place = next(places, None)
            if place is not None:
                hospital.due[place] = time.time()
                connection.send(place, discharges[place].frame)

        lines = await hospital.connect(port, connections, send_next, kind)
        for line in lines:
            send_next(line)
        await _wait_and_close(hospital, lines, patience)
        return hospital.sent

    return uvloop.run(send())


def open_loop(port: int, discharges: Sequence[Discharge], per_second: int, patience: float) -> Sent:
    """Send at a steady rate. A message that finds no free connection waits, and its wait counts."""

    async def send() -> Sent:
        hospital = _Hospital(discharges)
        late: deque[int] = deque()
        free: list[Connection] = []

        def release(connection: Connection) -> None:
            if late:
                place = late.popleft()
                connection.send(place, discharges[place].frame)
            else:
                free.append(connection)

        lines = await hospital.connect(port, _POOL, release)
        free.extend(lines)
        begin = time.time() + _HEAD_START
        for place in range(len(discharges)):
            hospital.due[place] = due = begin + place / per_second
            await asyncio.sleep(due - time.time())
            late.append(place)
            if free:
                release(free.pop())
        await _wait_and_close(hospital, lines, patience)
        return hospital.sent

    # select() keeps time to the microsecond; epoll and libuv round every wait up to a millisecond.
    with asyncio.Runner(
        loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())
    ) as runner:
        return runner.run(send())


async def _wait_and_close(
    hospital: _Hospital, lines: Sequence[Connection], patience: float
) -> None:
    try:
        while not hospital.done.done():
            left = hospital.left
            await asyncio.wait([hospital.done], timeout=patience)
            if hospital.left == left:
                raise TimeoutError(f"{left} messages are not answered")
        hospital.done.result()
    finally:
        for line in lines:
            line.close()
