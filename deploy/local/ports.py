"""Which TCP port a local part listens on: the usual one where it is free, else any."""

import socket
import time
from contextlib import closing

LOOPBACK = "127.0.0.1"


def free_port(preferred: int | None = None) -> int:
    """Give the preferred port if nobody listens on it, otherwise one that is free now."""
    if preferred and _can_bind(preferred):
        return preferred
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def free_ports(count: int) -> list[int]:
    """Give several free ports, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


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


def _can_bind(port: int) -> bool:
    with closing(socket.socket()) as probe:
        # As servers do it: a port that is only cooling down after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
