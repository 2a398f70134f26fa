"""What is known of the site that runs now: where its parts are, who they are, and the key to talk to them."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from services.console.errors import ConsoleError

_FILE = "site.json"


@dataclass
class SiteState:
    """Everything that another process needs to find this site and to end it."""

    ready: bool
    runner: str
    """The runner, as `identity.name_of` names processes: ending it ends the site."""
    processes: dict[str, str] = field(default_factory=dict)
    """Its children by name."""
    services: dict[str, dict[str, str]] = field(default_factory=dict)
    """For each service `http` (a URL), for discharge `mllp` (host:port) as well."""
    kafka: str = ""
    postgres: str = ""
    """Connection string of the site's superuser."""
    mail: str = ""
    console: str = ""
    letters: str = ""
    """Folder that letters are printed into."""
    logs: str = ""
    folders: list[str] = field(default_factory=list)
    """What is removed when the site ends."""
    token: str = ""
    """Bearer token of somebody who may do everything here."""
    described: dict[str, str] = field(default_factory=dict)
    """Which PostgreSQL and which broker, in words."""


def home() -> Path:
    """The folder of the site: BATON_HOME, else the user's runtime folder, else ~/.local/state/baton."""
    if chosen := os.environ.get("BATON_HOME"):
        return Path(chosen).resolve()
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(runtime) / "baton"
    return Path.home() / ".local" / "state" / "baton"


def write(state: SiteState, folder: Path) -> None:
    """Replace what is known, whole, readable by this user only: it holds the site's keys."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{_FILE}.{os.getpid()}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(state), indent=2), encoding="utf-8")
    draft.replace(folder / _FILE)


def read(folder: Path) -> SiteState | None:
    """What is known of a site in this folder, whether or not it still runs."""
    try:
        known: dict[str, Any] = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return SiteState(**known)


def forget(folder: Path) -> None:
    (folder / _FILE).unlink(missing_ok=True)


def running(folder: Path) -> SiteState:
    """The site that BATON_SERVICES names, else the one that runs here; `ConsoleError` when there is none."""
    if named := os.environ.get("BATON_SERVICES"):
        return _elsewhere(named)
    state = read(folder)
    if state is None or not state.ready:
        raise ConsoleError("nothing runs here; start it with `baton up --detach`")
    return state


def _elsewhere(named: str) -> SiteState:
    """A site that somebody else runs, for example in containers: only what its operator was told."""
    services = {name: {"http": url} for name, url in json.loads(named).items()}
    if mllp := os.environ.get("BATON_MLLP"):
        services["discharge"]["mllp"] = mllp
    token = os.environ.get("BATON_OPERATOR_TOKEN", "")
    return SiteState(ready=True, runner="", services=services, token=token)
