"""docker-compose.yml, read by Compose itself, and what we ask of everything in it."""

import json
import os
import re
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from schemas.topics import TOPICS

ROOT = Path(__file__).parents[2]
# The program itself: the wheel's console script hides its exit status.
COMPOSE = files("compose") / "docker-compose"
JOBS = {"roles", "topics", "discharge-migrate", "referral-migrate", "notify-migrate", "baton"}


def compose(*words: str, env: dict[str, str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(COMPOSE), "--file", ROOT / "docker-compose.yml", "--project-directory", cwd, *words],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **env},
        check=False,
    )


def required() -> dict[str, str]:
    names = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    return dict.fromkeys(names, "x1")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    said = compose(
        "--profile", "*", "config", "--format", "json",
        env=required(), cwd=tmp_path_factory.mktemp("no-env-file"),
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    found: dict[str, dict[str, Any]] = json.loads(said.stdout)["services"]
    return found


@pytest.mark.parametrize("name", sorted(required()))
def test_it_does_not_start_without_a_secret_and_says_which(name: str, tmp_path: Path) -> None:
    env = required()
    del env[name]

    said = compose("--profile", "*", "config", "-q", env=env, cwd=tmp_path)

    assert said.returncode != 0
    assert f"required variable {name} is missing" in said.stderr


def test_every_port_is_open_to_this_machine_only(services: dict[str, dict[str, Any]]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", ())]

    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}
    assert len({port["published"] for port in ports}) == len(ports)


def test_nothing_may_gain_rights_or_eat_the_machine(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert not service.get("privileged"), name
        assert service["mem_limit"], name
        assert service["cpus"], name
        assert service["pids_limit"], name
        assert service.get("read_only") or service["image"].startswith("apache/kafka"), name


def test_what_stays_up_says_whether_it_is_well(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert ("healthcheck" in service) != (name in JOBS), name
        assert service["restart"] == ("no" if name in JOBS else "unless-stopped"), name


def test_services_wait_for_their_schema_and_for_the_topics(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in ("discharge", "referral", "notify"):
        waits = {k: v["condition"] for k, v in services[name]["depends_on"].items()}
        assert waits[f"{name}-migrate"] == waits["topics"] == "service_completed_successfully"
        assert services[f"{name}-migrate"]["depends_on"]["roles"]["condition"] == (
            "service_completed_successfully"
        )


def test_only_the_migration_holds_the_key_of_the_schemas_owner(
    services: dict[str, dict[str, Any]],
) -> None:
    holders = {
        name
        for name, service in services.items()
        if "_owner" in json.dumps(service.get("environment"))
    }

    assert holders == {"roles", "discharge-migrate", "referral-migrate", "notify-migrate"}


def test_an_acknowledged_record_is_on_two_brokers(services: dict[str, dict[str, Any]]) -> None:
    brokers = [services[f"kafka-{number}"]["environment"] for number in (1, 2, 3)]

    assert {broker["KAFKA_NODE_ID"] for broker in brokers} == {"1", "2", "3"}
    for broker in brokers:
        assert broker["KAFKA_MIN_INSYNC_REPLICAS"] == "2"
        assert broker["KAFKA_DEFAULT_REPLICATION_FACTOR"] == "3"
        assert broker["KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE"] == "false"
        assert broker["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
        largest = max(int(topic.settings["max.message.bytes"]) for topic in TOPICS.values())
        assert int(broker["KAFKA_MESSAGE_MAX_BYTES"]) >= largest
        month = 30 * 24 * 60
        assert int(broker["KAFKA_OFFSETS_RETENTION_MINUTES"]) >= month
    assert services["topics"]["environment"]["BATON_TOPIC_REPLICATION"] == "3"


def test_databases_and_brokers_are_out_of_reach_from_outside(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in ("postgres", "kafka-1", "kafka-2", "kafka-3"):
        assert list(services[name]["networks"]) == ["inside"]
        assert "ports" not in services[name]


def test_tools_and_dashboards_come_only_when_asked_for(services: dict[str, dict[str, Any]]) -> None:
    profiles = {
        name: service["profiles"] for name, service in services.items() if "profiles" in service
    }

    assert profiles == {
        "prometheus": ["observability"],
        "grafana": ["observability"],
        "baton": ["tools"],
    }
