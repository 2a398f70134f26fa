"""Asking the services what they make of rule files: the console and the services do not import each other."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.console.errors import ConsoleError

_RULES = "services.referral.outbound.rulebook"
_FACTS = "services.discharge.inbound.onboarding.facts"


def rules(act: str, *arguments: str, folder: Path | None, given: Any = None) -> Any:
    """What referral says of the rules. Raises `ConsoleError`."""
    named = ["--folder", str(folder)] if folder else []
    return json.loads(_run(_RULES, act, *arguments, *named, given=json.dumps(given).encode()))


def facts(messages: Sequence[Path], sources: Path | None, *, skip: bool = False) -> Any:
    """What the rules would see of each message, as discharge reads it, with the name of its file.

    With `skip`, messages in which nobody leaves hospital are left out. Raises `ConsoleError`.
    """
    named = ["--sources", str(sources)] if sources else []
    named += ["--skip"] if skip else []
    return json.loads(_run(_FACTS, *named, "--", *map(str, messages)))


def _run(module: str, *arguments: str, given: bytes = b"") -> bytes:
    command = (sys.executable, "-m", module, *arguments)
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        usable = done.returncode == 2 and said
        raise ConsoleError(said[-1] if usable else "the rules could not be looked at")
    return done.stdout
