"""What was published stays understood: generated files are fresh, old messages are read, new fields are optional."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue import BY_SCHEMA, EVENTS
from schemas.event import Event
from schemas.generate import files, schema

GOLDEN = Path(__file__).parent / "events"
PUBLISHED = Path(__file__).parent / "published"


@pytest.mark.parametrize("path", sorted(files()), ids=lambda path: path.name)
def test_a_generated_file_says_what_the_code_says(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == files()[path], (
        "run `make events` and commit the result"
    )


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_every_event_has_a_golden_message_that_is_still_read(event: type[Event]) -> None:
    golden = sorted(GOLDEN.glob(f"{event.type}.v{event.version}*.json"))
    assert golden, f"store an example of {event.type} in {GOLDEN.name}/"

    for path in golden:
        stored = path.read_bytes()
        assert (
            event.from_bytes(stored).to_bytes()
            == event.from_bytes(event.from_bytes(stored).to_bytes()).to_bytes()
        )
        assert _subset(json.loads(stored), json.loads(event.from_bytes(stored).to_bytes()))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_a_reader_ignores_what_it_was_not_taught(event: type[Event]) -> None:
    stored = json.loads(next(GOLDEN.glob(f"{event.type}.v{event.version}*.json")).read_bytes())

    heard = event.from_bytes(json.dumps({**stored, "added_next_year": {"any": ["thing"]}}).encode())

    assert heard == event.from_bytes(json.dumps(stored).encode())


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.json")), ids=lambda path: path.name)
def test_a_published_contract_only_grows(path: Path) -> None:
    published = json.loads(path.read_text(encoding="utf-8"))

    assert published["$id"] in BY_SCHEMA, f"{published['$id']} was published and may not disappear"
    assert not list(_breaks(published, schema(BY_SCHEMA[published["$id"]])))


def _breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a message written by the old contract may stumble over in the new one, and the other way round."""
    found = []
    old_defs, new_defs = old.get("$defs", {}), new.get("$defs", {})
    for name, (before, after) in {
        "": (old, new),
        **{n: (d, new_defs.get(n, {})) for n, d in old_defs.items()},
    }.items():
        for field, kind in before.get("properties", {}).items():
            if field not in after.get("properties", {}):
                found.append(f"{name}.{field} disappeared")
            elif _shape(kind) != _shape(after["properties"][field]):
                found.append(f"{name}.{field} changed its shape")
        found += [
            f"{name}.{f} became required"
            for f in set(after.get("required", [])) - set(before.get("required", []))
            if f not in before.get("properties", {})
        ]
    return found


def _shape(kind: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in kind.items()
        if name not in ("description", "title", "default")
    }


def _subset(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and _subset(part[key], whole[key]) for key in part
        )
    if isinstance(part, list):
        return (
            isinstance(whole, list) and len(part) == len(whole) and all(map(_subset, part, whole))
        )
    return bool(part == whole)


def test_the_comparison_sees_a_break() -> None:
    published = {
        "properties": {"a": {"type": "string"}, "b": {"type": "integer"}},
        "required": ["a"],
    }

    assert _breaks(published, {"properties": {"a": {"type": "string"}}, "required": ["a"]})
    assert _breaks(
        published,
        {**published, "properties": {**published["properties"], "a": {"type": "integer"}}},
    )
    assert _breaks(
        published, {"properties": {**published["properties"], "c": {}}, "required": ["a", "c"]}
    )
    assert not _breaks(published, {**published, "properties": {**published["properties"], "c": {}}})
