"""`baton directory`: a person sees what would change before anything does."""

from pathlib import Path
from typing import Any

import pytest

from services.console.commands import directory
from services.console.errors import ConsoleError

CHANGE = {"id": "Z90006", "name": "Quayside Surgery", "words": "gp-practice"}
FAULT = {"about": "Z90002", "sentence": "Harbour follows itself in a circle", "fault": True}
WARNING = {"about": "ZVO", "sentence": "Northgate has no transfer hub", "fault": False}


class FakeOperator:
    """A referral service that answers what it is given."""

    def __init__(self, *problems: Any) -> None:
        self.problems = list(problems)
        self.applied: list[tuple[str, bytes, int, str]] = []

    def directory_check(self) -> Any:
        return self.problems

    def directory_preview(self, _name: str, _content: bytes) -> Any:
        return {
            "version": 3,
            "preview": {
                "added": [CHANGE],
                "changed": [],
                "closed": [],
                "moved": [],
                "problems": self.problems,
            },
        }

    def directory_import(self, name: str, content: bytes, *, version: int, note: str) -> Any:
        self.applied.append((name, content, version, note))
        return {"version": 4, "added": 1, "changed": 0, "closed": 0, "moved": 0}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "merger.json"
    path.write_bytes(b"{}")
    return path


def use(operator: FakeOperator, monkeypatch: pytest.MonkeyPatch) -> FakeOperator:
    monkeypatch.setattr(directory, "running", lambda _: None)
    monkeypatch.setattr(directory, "Operator", lambda _: operator)
    return operator


def test_a_preview_tells_every_change_and_applies_nothing(file, monkeypatch, capsys):
    operator = use(FakeOperator(WARNING), monkeypatch)

    directory.preview(file, as_json=False)

    said = capsys.readouterr().out
    assert "Added: 1" in said
    assert "Quayside Surgery (Z90006): gp-practice" in said
    assert "Northgate has no transfer hub" in said
    assert operator.applied == []


def test_an_import_goes_on_top_of_what_was_looked_at(file, monkeypatch, capsys):
    operator = use(FakeOperator(), monkeypatch)

    directory.apply(file, note="merger", yes=True, as_json=False)

    assert operator.applied == [("merger.json", b"{}", 3, "merger")]
    assert "Version 4: 1 added" in capsys.readouterr().out


def test_nothing_is_applied_while_there_is_a_fault_or_nobody_agrees(file, monkeypatch):
    faulty = use(FakeOperator(FAULT), monkeypatch)
    with pytest.raises(ConsoleError, match="1 faults"):
        directory.apply(file, note="", yes=True, as_json=False)

    doubted = use(FakeOperator(), monkeypatch)
    monkeypatch.setattr(directory, "_agreed", lambda: False)
    with pytest.raises(ConsoleError, match="nothing was changed"):
        directory.apply(file, note="", yes=False, as_json=False)

    assert faulty.applied == doubted.applied == []


def test_the_check_fails_at_a_fault_only(monkeypatch, capsys):
    use(FakeOperator(WARNING), monkeypatch)
    directory.check(as_json=False)
    assert "Needs a person: 1" in capsys.readouterr().out

    use(FakeOperator(FAULT), monkeypatch)
    with pytest.raises(ConsoleError):
        directory.check(as_json=False)
