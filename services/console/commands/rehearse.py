"""`baton rehearse`: play a story on a virtual clock and see who has what by when."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

# A program of its own plays: the console and the services do not import each other.
_PLAYER = "services.rehearsal"


def rehearse(
    stories: Sequence[Path],
    *,
    as_json: bool,
    html: Path | None,
    rules: Path | None,
    seed: int | None,
) -> None:
    """Exits as the player does: 0 when every story came true, 1 when one did not, 2 when one cannot be played."""
    command = [sys.executable, "-m", _PLAYER]
    command += ["--json"] if as_json else []
    command += ["--html", str(html)] if html else []
    command += ["--rules", str(rules)] if rules else []
    command += ["--seed", str(seed)] if seed is not None else []
    raise typer.Exit(subprocess.run([*command, "--", *map(str, stories)], check=False).returncode)
