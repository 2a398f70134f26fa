"""Which process an id stands for: ids come back, so an id alone proves nothing."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path


def started(pid: int) -> str:
    """When the process with this id started, as the system says it; empty when there is none."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The name in brackets may hold blanks; after it come the state and, as the 20th, the start time.
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] == "Z" else fields[19]
    said = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def name_of(pid: int) -> str:
    """An id and its start, in one word that stands for one process for ever."""
    return f"{pid}@{started(pid)}"


def still_there(name: str) -> int | None:
    """The id in a `name_of`, if that very process still runs."""
    pid, _, start = name.partition("@")
    return int(pid) if start and started(int(pid)) == start else None


def end(name: str, grace: float = 30) -> None:
    """End the process of a `name_of` if it still runs: first politely, after the grace for good."""
    for how, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        pid = still_there(name)
        if pid is None:
            return
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + patience
        while still_there(name) and time.monotonic() < deadline:
            time.sleep(0.05)
