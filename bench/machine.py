"""What the figures were measured on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.site import Site

_LIBRARIES = (
    "aiokafka", "asyncpg", "confluent-kafka", "faststream", "msgspec", "psycopg", "pydantic", "uvloop",
)  # fmt: skip
_REPOSITORY = Path(__file__).resolve().parents[1]


def machine() -> dict[str, object]:
    """Processor, cores, memory and system."""
    return {
        "processor": _first("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
    }


def versions(site: Site) -> dict[str, str]:
    """Everything that takes part."""
    return {
        "python": platform.python_version(),
        "postgres": site.postgres.describe(),
        "kafka": site.broker.describe(),
        **{name: version(name) for name in _LIBRARIES},
    }


def commit() -> str:
    """The commit that was measured; says so when files differ from it."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=_REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout.strip() or "unknown"


def _first(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown"
    )
