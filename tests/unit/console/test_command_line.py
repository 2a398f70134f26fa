"""`baton` as a person types it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def baton(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "services.console", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "BATON_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "120"},
        check=False,
    )


def test_help_names_every_command(tmp_path: Path) -> None:
    said = baton("--help", home=tmp_path)

    assert said.returncode == 0
    for command in ("up", "down", "demo", "send", "status", "parked", "replay", "trace", "secrets"):
        assert re.search(rf"^\W*{command} ", said.stdout, re.MULTILINE), command


def test_help_loads_neither_web_nor_kafka_nor_database() -> None:
    watch = (
        "import sys; from services.console import cli; "
        "print([m for m in ('fastapi', 'aiokafka', 'asyncpg', 'httpx2', 'faststream') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", watch], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [["status"], ["parked", "list"], ["trace", "0" * 32]])
def test_without_a_site_a_command_says_so_in_one_line(words: list[str], tmp_path: Path) -> None:
    said = baton(*words, home=tmp_path)

    assert said.returncode == 1
    assert said.stderr == "baton: nothing runs here; start it with `baton up --detach`\n"


def test_ending_nothing_is_no_error(tmp_path: Path) -> None:
    said = baton("down", home=tmp_path)

    assert (said.returncode, said.stdout) == (0, "Nothing runs here.\n")


def test_fresh_secrets_fill_everything_the_compose_file_asks_for(tmp_path: Path) -> None:
    said = baton("secrets", home=tmp_path)

    named = dict(line.split("=", 1) for line in said.stdout.splitlines())
    example = (ROOT / ".env.example").read_text()
    assert named.keys() == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert all(named.values())
    [token] = json.loads(named["BATON_API_TOKENS"].strip("'"))
    assert token["roles"] == ["operator"]


@pytest.mark.parametrize("command", [["up"], ["up", "--detach"], ["demo", "--once"]])
def test_a_broker_that_does_not_exist_is_said_in_one_sentence(
    command: list[str], tmp_path: Path
) -> None:
    said = baton(*command, "--kafka", "rabbit", home=tmp_path / "home")

    assert said.returncode == 1
    assert "'rabbit' is no Kafka" in said.stderr
    assert "Traceback" not in said.stderr
    assert not (tmp_path / "home" / "site.json").exists()
