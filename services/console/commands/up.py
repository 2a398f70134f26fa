"""`baton up`: a site on this machine, in the foreground or behind."""

import subprocess
import sys
import time
from pathlib import Path

from services.console.errors import ConsoleError
from services.console.screen import line
from services.console.site import state as site_state
from services.console.site.run import open_site, watch

_PATIENCE = 180.0


def up(*, detach: bool, kafka: str, any_ports: bool) -> None:
    """Start a site. Raises `ConsoleError` when a part does not start."""
    folder = site_state.home()
    if detach:
        _detached(folder, kafka, any_ports)
        return
    try:
        with open_site(folder, line, kafka=kafka, any_ports=any_ports) as (site, state):
            tell_places(state)
            line("Ctrl-C ends it.")
            watch(site, folder)
    except KeyboardInterrupt:
        line("Everything has ended.")


def tell_places(state: site_state.SiteState) -> None:
    """Where to look."""
    for what, where in (
        ("Worklist", state.services["referral"]["http"]),
        ("Mailbox", state.mail),
        ("Operator page", state.console),
        ("Intake page", f"{state.services['discharge']['http']}/intake"),
        ("Hospital messages", f"MLLP at {state.services['discharge']['mllp']}"),
    ):
        line(f"{what + ':':<19}{where}")


def _detached(folder: Path, kafka: str, any_ports: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    words = [sys.executable, "-m", "services.console", "up", "--kafka", kafka]
    log = folder / "up.log"
    with log.open("wb") as out:
        runner = subprocess.Popen(
            words + (["--any-ports"] if any_ports else []),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        state = _wait_for(runner, folder, log)
    except BaseException:
        runner.terminate()
        runner.wait()
        raise
    tell_places(state)
    line("`baton status` tells more, `baton down` ends it.")


def _wait_for(runner: subprocess.Popen[bytes], folder: Path, log: Path) -> site_state.SiteState:
    deadline = time.monotonic() + _PATIENCE
    while runner.poll() is None and time.monotonic() < deadline:
        state = site_state.read(folder)
        if state is not None and state.ready and state.runner.startswith(f"{runner.pid}@"):
            return state
        time.sleep(0.1)
    raise ConsoleError(f"it did not start:\n{log.read_text(errors='replace').strip()}")
