"""One site at a time in a folder: the runner holds a lock for as long as it lives, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.console.errors import ConsoleError


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder. Raises `ConsoleError` when another site has it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise ConsoleError("a site runs here already; `baton down` ends it") from None
    try:
        yield
    finally:
        os.close(handle)
