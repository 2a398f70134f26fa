"""deploy/Dockerfile: linted, without rights, without secrets."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"


def test_hadolint_finds_nothing() -> None:
    tool = Path(sys.executable).parent / "hadolint"
    said = subprocess.run([tool, DOCKERFILE], capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout


def test_what_is_installed_is_what_the_lock_names() -> None:
    text = DOCKERFILE.read_text()

    assert "--require-hashes" in text
    assert "requirements.lock" in text


def test_it_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    text = DOCKERFILE.read_text()

    assert re.findall(r"^USER (.+)$", text, re.MULTILINE)[-1] == "10001:10001"
    assert not re.search(r"^(ARG|ENV).*(SECRET|PASSWORD|TOKEN)", text, re.MULTILINE)


def test_only_what_runs_is_sent_to_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert ignored[0] == "*"
    kept = {line[1:] for line in ignored if line.startswith("!")}
    assert kept == {
        "LICENSE",
        "deploy",
        "pyproject.toml",
        "requirements-dev.lock",
        "requirements.in",
        "requirements.lock",
        "schemas",
        "services",
    }
