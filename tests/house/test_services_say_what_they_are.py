"""The page of a service names everything that it hears, says, keeps and waits for."""

import re
from collections.abc import Iterable

import pytest

from tests.house.built import SERVICES, build
from tests.house.test_event_catalogue import heard, spoken
from tests.house.tracked import ROOT

CREATED = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.IGNORECASE)


def page(service: str) -> str:
    return (ROOT / "services" / service / "README.md").read_text("utf-8")


def missing(names: Iterable[str], text: str) -> list[str]:
    """Which are not named: as `task.changed`, as `.changed` behind its like, or as `task.*`."""
    return sorted(
        name
        for name in names
        if not {f"`{name}`", f"`.{name.partition('.')[2]}`", f"`{name.partition('.')[0]}.*`"}
        & set(re.findall(r"`[^`]+`", text))
    )


@pytest.mark.parametrize("service", SERVICES)
def test_it_names_what_it_hears_and_says(service: str) -> None:
    text = page(service)
    assert missing((event.type for event in spoken(service)), text) == []
    assert missing((event.type for event in heard(service)), text) == []


@pytest.mark.parametrize("service", SERVICES)
def test_it_names_its_tables(service: str) -> None:
    made = "\n".join(
        path.read_text() for path in (ROOT / "services" / service / "migrations").glob("*.sql")
    )
    assert missing(CREATED.findall(made), page(service)) == []


@pytest.mark.parametrize("service", SERVICES)
def test_it_names_its_timers(service: str) -> None:
    assert missing(build(service).timers, page(service)) == []
