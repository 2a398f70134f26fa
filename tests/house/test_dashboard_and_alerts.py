"""What is drawn and what alerts is really measured, and each alert rings when it should."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "baton.json"
PROMTOOL = shutil.which("promtool")
FROM_ELSEWHERE = {
    "up",
    "process_start_time_seconds",
    "process_cpu_seconds_total",
    "process_resident_memory_bytes",
}
_WORDS = {
    "sum",
    "max",
    "by",
    "rate",
    "increase",
    "changes",
    "abs",
    "time",
    "histogram_quantile",
    "and",
    "le",
}


def measured() -> set[str]:
    """Every metric that the code makes, with the names that a histogram has in Prometheus."""
    found = set(FROM_ELSEWHERE)
    made = re.compile(r"\b(counter|gauge|histogram)s?\(\s*\"(baton_[a-z_]+)\"")
    for path in (ROOT / "services").rglob("*.py"):
        for kind, name in made.findall(path.read_text()):
            endings = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
            found |= {name + ending for ending in endings}
    return found


def drawn() -> Iterator[str]:
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def alerts() -> list[dict[str, object]]:
    groups = yaml.safe_load(ALERTS.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def names_in(expression: str) -> set[str]:
    plain = re.sub(r"\{[^}]*\}|\[[^\]]*\]|by \([^)]*\)", " ", expression)
    return set(re.findall(r"[a-z_]{2,}", plain)) - _WORDS


@pytest.mark.parametrize("expression", sorted(drawn()))
def test_what_is_drawn_is_measured(expression: str) -> None:
    assert names_in(expression) <= measured()


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_what_alerts_is_measured_and_says_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    assert names_in(str(rule["expr"])) <= measured()
    assert rule["labels"]["severity"] in {"page", "warn"}
    assert rule["annotations"].keys() == {"summary", "action"}


def test_every_panel_has_a_place_of_its_own() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]

    assert len(set(places)) == len(panels)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)
    assert len({panel["title"] for panel in panels}) == len(panels)


def test_grafana_finds_the_dashboard_and_its_source() -> None:
    folder = ROOT / "deploy" / "grafana" / "provisioning"
    [source] = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())[
        "datasources"
    ]
    [provider] = yaml.safe_load((folder / "dashboards" / "baton.yml").read_text())["providers"]
    compose = (ROOT / "docker-compose.yml").read_text()

    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert {panel["datasource"]["uid"] for panel in panels} == {source["uid"]}
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in compose


@pytest.mark.skipif(PROMTOOL is None, reason="needs promtool on the PATH")
@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", "deploy/prometheus/prometheus.yml"),
        ("check", "rules", "deploy/prometheus/alerts.yml"),
        ("test", "rules", "tests/house/alerts_ring.yml"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_prometheus_agrees(words: tuple[str, ...]) -> None:
    assert PROMTOOL is not None
    said = subprocess.run([PROMTOOL, *words], capture_output=True, text=True, cwd=ROOT, check=False)

    assert said.returncode == 0, said.stdout + said.stderr
