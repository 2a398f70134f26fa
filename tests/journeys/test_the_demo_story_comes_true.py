"""`baton demo --once`, exactly as `make demo ONCE=1` runs it: real processes, and nothing left behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIONS = [
    "1. The hospital says what happened",
    "2. Each discharge becomes one handover",
    "3. The teams are told",
    "4. The patients are told",
    "5. The practice accepts",
    "6. Silence escalates",
    "The story came true.",
]


def demo(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.console", "demo", "--once", "--any-ports", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "BATON_HOME": str(home), "NO_COLOR": "1"},
        check=False,
        timeout=240,
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("broker", ["dev", pytest.param("apache", marks=pytest.mark.apache)])
def test_two_people_go_home_and_nobody_falls_out(broker: str, tmp_path: Path) -> None:
    said = demo(tmp_path / "home", "--kafka", broker)

    assert said.returncode == 0, said.stdout + said.stderr
    told = [found for found in STATIONS if found in said.stdout]
    assert told == STATIONS
    assert_nothing_is_left(tmp_path, said.stdout)


def assert_nothing_is_left(folder: Path, said: str) -> None:
    assert not (folder / "home" / "site.json").exists()
    letters = re.search(r"20 point print, in (.+)$", said, re.MULTILINE)
    assert letters is not None
    assert not Path(letters[1]).parent.exists()
    left = [
        found.name
        for found in Path("/proc").glob("[0-9]*/environ")
        if str(folder).encode() in _read(found)
    ]
    assert left == []


def _read(environ: Path) -> bytes:
    try:
        return environ.read_bytes()
    except OSError:
        return b""
