"""Every event has one speaker, which owns its topic, and somebody who listens or a reason why nobody does."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from schemas.catalogue import EVENTS
from schemas.event import Event
from schemas.topics import TOPICS
from tests.house.built import SERVICES, build

ROOT = Path(__file__).parents[2]
BY_CLASS = {event.__name__: event for event in EVENTS}
MAKERS = ("announce.py", "event_of.py")
FOR_OTHERS: dict[str, str] = {}
"""Events that no service of ours acts on, and for whom they are said."""


@cache
def spoken(service: str) -> set[type[Event]]:
    """The events that the service makes, in the files whose business that is."""
    folder = ROOT / "services" / service / "usecases"
    texts = [path.read_text("utf-8") for path in map(folder.joinpath, MAKERS) if path.is_file()]
    calls = [n for text in texts for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    return {BY_CLASS[name] for name in names & BY_CLASS.keys()}


@cache
def heard(service: str) -> set[type[Event]]:
    """The events that the service subscribes to."""
    subscription = build(service).subscription
    return set(subscription.events) if subscription else set()


@pytest.fixture(scope="module")
def speakers() -> dict[str, list[str]]:
    found = defaultdict(list)
    for service in SERVICES:
        for event in spoken(service):
            found[event.type].append(service)
    return dict(found)


@pytest.fixture(scope="module")
def listeners() -> dict[str, list[str]]:
    found = defaultdict(list)
    for service in SERVICES:
        for event in heard(service):
            found[event.type].append(service)
    return dict(found)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_is_said_by_the_one_speaker_of_its_topic(
    event: type[Event], speakers: dict[str, list[str]]
) -> None:
    assert speakers.get(event.type) == [TOPICS[event.topic].speaker]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_is_heard_or_said_for_others(
    event: type[Event], listeners: dict[str, list[str]]
) -> None:
    somebody = listeners.get(event.type, [])
    assert bool(somebody) != (event.type in FOR_OTHERS), (
        f"{event.type} is heard by {somebody or 'nobody'}"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_listens_only_where_it_is_a_reader(service: str) -> None:
    strange = {
        event.topic for event in heard(service) if service not in TOPICS[event.topic].readers
    }
    assert strange == set()


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda topic: topic.name)
def test_whoever_may_read_a_topic_does(topic: object) -> None:
    """A reader that listens to nothing there holds a right that it does not need (rule S2)."""
    silent = {r for r in topic.readers if topic.name not in {e.topic for e in heard(r)}}
    assert silent == set()


def test_events_are_made_nowhere_else() -> None:
    elsewhere = []
    for service in SERVICES:
        for path in sorted((ROOT / "services" / service).rglob("*.py")):
            if path.name in MAKERS:
                continue
            tree = ast.parse(path.read_text("utf-8"))
            imported = {
                alias.asname or alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("schemas.")
                for alias in node.names
            }
            elsewhere += [
                f"{path.relative_to(ROOT)}:{node.lineno} {node.func.id}"
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in imported & BY_CLASS.keys()
            ]
    assert elsewhere == []
