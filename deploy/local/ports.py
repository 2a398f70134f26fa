"""Which TCP port a local part listens on: the usual one where it is free, else any."""

import random
import socket
import time
from contextlib import closing

LOOPBACK = "127.0.0.1"
# Below the ports that outgoing connections get, so that none takes the place of a server which
# is down for a moment, least of all a client's own attempt to reach it again.
OURS = range(20000, 32000)
PATIENCE = 10.0


class Port:
    """The port of one server: chosen at its first start, and the same at every later one."""

    def __init__(self, preferred: int | None = None) -> None:
        self._preferred = preferred
        self.number = 0

    def claim(self) -> int:
        """Give the port to listen on now."""
        if not self.number:
            self.number = free_port(self._preferred)
        elif not _soon_free(self.number):
            raise OSError(f"somebody else listens on {LOOPBACK}:{self.number} now")
        return self.number

    def __str__(self) -> str:
        return f"{LOOPBACK}:{self.number or self._preferred or '(not started)'}"


def free_port(preferred: int | None = None) -> int:
    """Give the preferred port if nobody listens on it, otherwise one that is free now."""
    return preferred if preferred and _can_bind(preferred) else free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Give several free ports, all different."""
    chance = random.SystemRandom()
    found: list[int] = []
    while len(found) < count:
        port = chance.choice(OURS)
        if port not in found and _can_bind(port):
            found.append(port)
    return found


def is_listening(port: int, host: str = LOOPBACK) -> bool:
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def wait_until_listening(port: int, timeout: float) -> bool:
    """Wait for a server that was just started; the caller watches whether it still lives."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if is_listening(port):
            return True
        time.sleep(0.02)
    return False


def _soon_free(port: int) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not _can_bind(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _can_bind(port: int) -> bool:
    with closing(socket.socket()) as probe:
        # As servers do it: a port that is only cooling down after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
