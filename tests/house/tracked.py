"""The files of this repository, as git knows them or as they lie there."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT_OURS = ("vendor/", "build/", "dist/", ".venv/")


@cache
def files() -> tuple[Path, ...]:
    """Every file that somebody who clones the repository gets, less what others wrote."""
    if not (ROOT / ".git").exists():
        return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and _is_ours(path))
    said = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in said.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file() and _is_ours(path))


def python_files() -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix == ".py")


def name_of(path: Path) -> str:
    """The path from the root of the repository."""
    return str(path.relative_to(ROOT))


def _is_ours(path: Path) -> bool:
    name = name_of(path)
    hidden = any(part.startswith(".") and part.endswith("_cache") for part in path.parts)
    return not hidden and "__pycache__" not in name and not any(part in name for part in _NOT_OURS)
