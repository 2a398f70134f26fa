"""The bench's parts work together: floor and product do equal work, and every figure is there."""

import json

import pytest

from bench.figures import figures
from bench.goals import goals
from bench.pairs import run_pairs
from bench.plan import Load, Plan
from bench.report import as_json, as_markdown
from bench.site import open_site
from bench.work import Tally, Work
from deploy.local.docker_kafka import DockerKafka
from services.console.site.keys import SERVICES
from tests.support.kafka import chosen_broker

# A busy machine drifts, and nothing here is measured.
TINY = Plan(
    pairs=1,
    spare_pairs=0,
    warm_up=20,
    counted=200,
    connections=8,
    loads=(Load(50, 50),),
    idle_seconds=0.5,
    patience=20,
    most_drift=99,
    most_others=1,
)


@pytest.mark.apache
@pytest.mark.slow
def test_floor_and_product_do_equal_work_and_every_figure_is_there(tmp_path):
    said: list[str] = []
    kind = "docker" if isinstance(chosen_broker(), DockerKafka) else "apache"

    with open_site(tmp_path, kind) as site:
        pairs = run_pairs(site, TINY, said.append)

    assert len(pairs) == 1, "\n".join(said)
    work = pairs[0].product.work
    assert work.tables["notify.alerts"].count == 5 * TINY.messages
    assert work.topics["care.handovers.v1 handover.opened"].count == TINY.messages
    found = figures(pairs)
    told = json.loads(json.dumps(as_json(found, goals(found), {})))
    assert told["discharges_per_s"] > 0
    assert told["latency_ms"]["50/s"]["p99"]["floor"] > 0
    assert set(told["idle_cpu_percent"]) >= set(SERVICES)
    assert "| discharges/s at saturation |" in as_markdown(found, goals(found))


def test_work_that_differs_is_named():
    mine = Work(tables={"notify.alerts": Tally(5, 1), "notify.plans": Tally(1, 1)})
    other = Work(tables={"notify.alerts": Tally(5, 2), "notify.plans": Tally(1, 1)})

    assert mine.differences(other) == [
        "notify.alerts: 5 with checksum 0001 here, 5 with checksum 0002 there"
    ]
