from prometheus_client import REGISTRY

from services.chassis import metrics


def test_children_are_bound_once_and_count() -> None:
    counted = metrics.counter("baton_test_children_total", "For this test", ("route", "status"))
    children = metrics.Children(counted)

    children["a", "200"].inc()
    children["a", "200"].inc()

    assert children["a", "200"] is children["a", "200"]
    assert b'baton_test_children_total{route="a",status="200"} 2.0' in metrics.exposition()


def test_one_label_needs_no_tuple() -> None:
    children = metrics.Children(metrics.gauge("baton_test_one", "For this test", ("topic",)))
    children["care.spells.v1"].set(3)
    assert b'baton_test_one{topic="care.spells.v1"} 3.0' in metrics.exposition()


def test_nothing_of_ours_is_in_the_registry_that_libraries_share() -> None:
    names = {metric.name for metric in REGISTRY.collect()}
    assert not any(name.startswith("baton") for name in names)
    assert b"process_cpu_seconds_total" in metrics.exposition()
