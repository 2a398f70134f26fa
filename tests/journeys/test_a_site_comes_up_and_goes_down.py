"""`baton up --detach`, used by another program and from the command line, then `baton down`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.local.broker import REBALANCE
from services.console.site import state as site_state
from services.console.site.identity import still_there
from tests.support.eventually import eventually_now

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Baton:
    """The command line, in one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._env = {**os.environ, "BATON_HOME": str(home), "NO_COLOR": "1"}

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "services.console", *map(str, words)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=self._env,
            check=False,
            timeout=240,
        )

    def json(self, *words: str | Path) -> Any:
        said = self.run(*words, "--json")
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)


@pytest.fixture(scope="module")
def baton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baton]:
    command = Baton(tmp_path_factory.mktemp("site") / "home")
    broker = os.environ.get("BATON_TEST_KAFKA", "auto")
    said = command.run("up", "--detach", "--kafka", broker, "--any-ports")
    assert said.returncode == 0, said.stdout + said.stderr
    yield command
    command.run("down")


def test_everything_is_ready_when_it_returns(baton: Baton) -> None:
    for place in baton.json("status")["services"].values():
        assert httpx2.get(place["http"] + "/readyz").status_code == 200


def test_status_tells_another_program_all_it_needs(baton: Baton) -> None:
    said = baton.json("status")

    assert set(said["services"]) == {"discharge", "referral", "notify"}
    assert ":" in said["services"]["discharge"]["mllp"]
    assert said["postgres"].startswith("postgresql://")
    assert httpx2.get(f"{said['mail']}/messages").json() is not None
    handovers = httpx2.get(
        said["services"]["referral"]["http"] + "/handovers",
        headers={"Authorization": f"Bearer {said['token']}"},
    )
    assert handovers.status_code == 200


def test_a_second_site_is_refused_in_the_same_home(baton: Baton) -> None:
    said = baton.run("up", "--kafka", "dev", "--any-ports")

    assert said.returncode == 1
    assert "a site runs here already" in said.stderr


def test_a_message_goes_in_by_each_door(baton: Baton) -> None:
    said = baton.json(
        "send", SAMPLES / "frail-78-a01.hl7", SAMPLES / "asthma-34-discharge.json", "--fresh"
    )
    again = baton.json("send", SAMPLES / "frail-78-a03.hl7", "--fresh", "--to", "hl7v2")

    assert [(one["way"], one["code"]) for one in said + again] == [
        ("mllp", "AA"),
        ("fhir", "ok"),
        ("hl7v2", "AA"),
    ]


def test_a_message_that_is_refused_ends_with_an_error(baton: Baton, tmp_path: Path) -> None:
    bad = tmp_path / "bad.hl7"
    bad.write_bytes(b"MSH|^~\\&|PAS|ZTA|BATON|ZTA|20260908112000||QRY^A19|BAD1|P|2.4\r")

    said = baton.run("send", bad)

    assert said.returncode == 1
    assert "AR" in said.stdout
    assert "not accepted: bad.hl7" in said.stderr


def test_a_journey_can_be_traced_from_the_hospital_to_the_last_alert(baton: Baton) -> None:
    baton.json("send", SAMPLES / "frail-78-a03.hl7", "--new-stay")
    site = baton.json("status")
    token = {"Authorization": f"Bearer {site['token']}"}

    def journey() -> list[dict[str, Any]]:
        alerts = httpx2.get(site["services"]["notify"]["http"] + "/alerts", headers=token).json()
        assert alerts["alerts"]
        handover = alerts["alerts"][0]["handover_id"]
        rows = [
            row
            for found in Path(site["logs"]).glob("notify.log")
            for line in found.read_text().splitlines()
            if '"correlation_id"' in line
            for row in [json.loads(line)["correlation_id"]]
        ]
        assert handover
        assert rows
        return baton.json("trace", rows[-1])

    rows = eventually_now(journey, timeout=30)

    assert {row["service"] for row in rows} >= {"discharge", "referral", "notify"}
    assert [row["recorded_at"] for row in rows] == sorted(row["recorded_at"] for row in rows)


def test_nothing_is_parked(baton: Baton) -> None:
    assert baton.json("parked", "list") == []


@pytest.mark.kafka(REBALANCE)
def test_a_service_that_dies_is_started_again(baton: Baton) -> None:
    before = site_state.running(baton.home)
    pid = still_there(before.processes["notify"])
    assert pid is not None

    os.kill(pid, signal.SIGKILL)

    after = eventually_now(
        lambda: (
            found
            if (found := site_state.running(baton.home)).processes["notify"]
            != before.processes["notify"]
            else None
        ),
        timeout=20,
    )
    assert after is not None
    url = after.services["notify"]["http"] + "/readyz"
    # The broker gives a member that fell silent 15 seconds before it lets the next one in.
    eventually_now(lambda: _answers(url), timeout=60)


def test_down_ends_every_process_and_removes_the_data(baton: Baton) -> None:
    before = site_state.running(baton.home)

    said = baton.run("down")

    assert said.returncode == 0
    assert "Everything has ended." in said.stdout
    assert [name for name, one in before.processes.items() if still_there(one)] == []
    assert still_there(before.runner) is None
    assert [place for place in before.folders if Path(place).exists()] == []
    assert baton.run("status").returncode == 1


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url).status_code == 200
    except httpx2.HTTPError:
        return False
