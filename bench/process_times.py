"""CPU time and memory of processes, as the system counted them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Parts:
    """The processes of one run, by the name under which they are reported; None where we cannot look."""

    services: Mapping[str, int]
    postgres: int
    kafka: int | None
    generator: int


def cpu_seconds(parts: Parts) -> dict[str, float]:
    """CPU time used so far by each part, user and system."""
    used = {name: _of(pid) for name, pid in parts.services.items()}
    used["postgres"] = _of_family(parts.postgres)
    if parts.kafka is not None:
        used["kafka"] = _of(parts.kafka)
    used["generator"] = _of(parts.generator)
    return used


def busy_seconds() -> float:
    """CPU time used so far by everybody on this machine, time stolen by its host included."""
    times = psutil.cpu_times()
    return float(
        sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)
    )


def peak_megabytes(pid: int) -> float:
    """The most memory that a process ever held at once."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _of(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def _of_family(pid: int) -> float:
    """A process, its living children, and those that have ended."""
    parent = psutil.Process(pid)
    times = parent.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in parent.children():
        try:
            total += _of(child.pid)
        except psutil.NoSuchProcess:
            continue
    return float(total)
