"""The processes of ours that make a site: started together, watched, and started again when they end."""

import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import services
from deploy.local.processes import Child, PartDidNotStart, start_child, tail

_REPOSITORY = Path(services.__file__).parents[1]
_SOON = 10.0
"""Seconds; a process that ends sooner than this after its start does not get a fourth try."""
_TRIES = 3


class Watched:
    """One process that should always be there."""

    def __init__(self, name: str, module: str, env: Mapping[str, str], logs: Path) -> None:
        self.name = name
        self._module = module
        self._env = env
        self._logs = logs
        self._quick_ends = 0
        self._began = 0.0
        self.child = self._start()

    def wait_until_ready(self, timeout: float = 120) -> None:
        """Wait for its `/readyz`."""
        url = f"http://{self._env['BATON_HTTP_HOST']}:{self._env['BATON_HTTP_PORT']}/readyz"
        self.child.wait_until(lambda: _answers(url), timeout)

    def keep_up(self) -> int | None:
        """Start it again if it has ended; gives the exit status it ended with.

        Raises `PartDidNotStart` when it keeps ending as soon as it is started.
        """
        if self.child.is_running:
            return None
        status = self.child.process.returncode
        quick = time.monotonic() - self._began < _SOON
        self._quick_ends = self._quick_ends + 1 if quick else 0
        if self._quick_ends >= _TRIES:
            raise PartDidNotStart(f"{self.name} keeps ending ({status}):\n{tail(self.child.log)}")
        self.child = self._start()
        return status

    def _start(self) -> Child:
        self._began = time.monotonic()
        command = [sys.executable, "-m", self._module]
        log = self._logs / f"{self.name}.log"
        return start_child(self.name, command, log=log, env=self._env, cwd=_REPOSITORY)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (our own address)
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        time.sleep(0.08)
        return False
