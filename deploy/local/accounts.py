"""An ordinary user for servers that refuse to run as root, and folders that user can reach."""

import hashlib
import os
import pwd
import stat
import tempfile
from pathlib import Path

from deploy.local.processes import Account

_CANDIDATES = ("nobody", "daemon")


def ordinary_account() -> Account | None:
    """Give somebody without rights when we are root; otherwise ourselves, that is None."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next(known[name] for name in _CANDIDATES if name in known)
    return Account(entry.pw_uid, entry.pw_gid)


def home_for(folder: Path, account: Account | None) -> Path:
    """Give a place for the folder that the account can reach, and let the account own it.

    Another user may not pass through, say, /root: then the data lives in the temp folder, under
    a name that stays the same for the same folder. Permissions of parents are never widened.
    """
    if account is None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder
    place = folder if can_be_reached(folder) else _stand_in(folder)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    if place.is_symlink() or place.stat().st_uid not in (os.geteuid(), account.uid):
        raise PermissionError(f"{place} belongs to somebody else")
    os.chown(place, account.uid, account.gid)
    return place


def can_be_reached(path: Path) -> bool:
    """Tell whether any user may pass through all the folders above the path."""
    existing = [parent for parent in path.resolve().parents if parent.exists()]
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in existing)


def _stand_in(folder: Path) -> Path:
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"baton-data-{name}"
