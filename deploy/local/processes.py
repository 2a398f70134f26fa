"""Child processes that log to a file, die with their parent and are stopped by their own id."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class PartDidNotStart(RuntimeError):
    """A local part ended, or stayed silent, before it was ready."""


@dataclass(frozen=True)
class Account:
    """The ordinary user a child runs as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self, grace: float = 15, how: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, insist after the grace, and give its exit code."""
        if self.is_running:
            self.process.send_signal(how)
        try:
            return self.process.wait(grace)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End it as a power cut would."""
        if self.is_running:
            self.process.kill()
        return self.process.wait()

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Wait for the fact that makes it useful, and say what it last said if that fails."""
        deadline = time.monotonic() + timeout
        while not ready():
            if not self.is_running:
                ended = f"{self.name} ended with {self.process.returncode}"
                raise PartDidNotStart(f"{ended}:\n{tail(self.log)}")
            if time.monotonic() > deadline:
                self.kill()
                late = f"{self.name} was not ready after {timeout:g} s"
                raise PartDidNotStart(f"{late}:\n{tail(self.log)}")
            time.sleep(0.02)


def start_child(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    death_signal: signal.Signals | None = signal.SIGTERM,
) -> Child:
    """Start a command in its own session, so that Ctrl-C reaches only us and we end it in order.

    On Linux the kernel sends `death_signal` when the starting *thread* ends, so start children
    from a thread that lives as long as they should; None lets the child outlive us.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            cwd=cwd,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            # Between fork and exec it makes one system call and takes no lock.
            preexec_fn=_die_with_parent(death_signal),  # noqa: PLW1509
        )
    return Child(name, process, log)


def tail(log: Path, lines: int = 15) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])


def _die_with_parent(how: signal.Signals | None) -> Callable[[], None] | None:
    if _LIBC is None or how is None:
        return None
    prctl, number = _LIBC.prctl, int(how)

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, number)

    return ask_the_kernel
