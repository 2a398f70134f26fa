"""`baton parked discard` and `baton replay`: said first, done on purpose, and told in a line."""

from typing import Any

import pytest

from services.console.commands import parked, replay
from services.console.errors import ConsoleError

PARKED_ID = "019a0000-0000-7000-8000-000000000001"


class FakeOperator:
    """A service with one parked key and five events to say again, two at a time."""

    services = ("referral",)

    def __init__(self) -> None:
        self.decided: list[tuple[str, str, str, str]] = []
        self.left = 5
        self.asked: list[dict[str, Any]] = []

    def parked(self, _: str) -> Any:
        return [
            {
                "parked_id": PARKED_ID,
                "topic": "care.spells.v1",
                "reason": "poison",
                "records": 3,
                "since": "2026-11-20",
                "error": "ValueError",
                "discarding": "gives up this record for good; 2 records behind it follow in order",
            }
        ]

    def discarded(self, _: str) -> Any:
        return [
            {
                "parked_id": PARKED_ID,
                "stream": "spell:a",
                "resolved_at": "2026-11-20",
                "resolved_by": "Ash (operator:site)",
                "resolved_because": "Sent twice",
            }
        ]

    def discard(self, service: str, parked_id: str, *, by: str, reason: str) -> Any:
        self.decided.append((service, parked_id, by, reason))
        return {"handled": 2, "left": 0}

    def count_again(self, _: str, **wanted: Any) -> Any:
        self.asked.append(wanted)
        return {"events": self.left, "until": "2026-11-20T10:00:00+00:00"}

    def say_again(self, _: str, **wanted: Any) -> Any:
        self.asked.append(wanted)
        events = min(2, self.left)
        self.left -= events
        return {"events": events, "last": str(self.left) if events else None}


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> FakeOperator:
    found = FakeOperator()
    for commands in (parked, replay):
        monkeypatch.setattr(commands, "running", lambda _home: None)
        monkeypatch.setattr(commands, "Operator", lambda _site, **_: found)
    return found


def test_the_list_says_what_giving_up_would_mean(
    operator: FakeOperator, capsys: pytest.CaptureFixture[str]
) -> None:
    parked.list_parked(as_json=False)

    assert "2 records behind it follow in order" in capsys.readouterr().out


def test_a_record_is_given_up_by_somebody_for_a_reason(
    operator: FakeOperator, capsys: pytest.CaptureFixture[str]
) -> None:
    parked.discard_parked("referral", PARKED_ID, reason="Sent twice", by="Ash", as_json=False)

    assert operator.decided == [("referral", PARKED_ID, "Ash", "Sent twice")]
    assert capsys.readouterr().out == "Given up. Handled behind it: 2. Still waiting: 0.\n"


@pytest.mark.parametrize(("by", "reason"), [("Ash", " "), ("", "Sent twice")])
def test_nobody_and_no_reason_give_nothing_up(operator: FakeOperator, by: str, reason: str) -> None:
    with pytest.raises(ConsoleError, match="who gives the record up, and why"):
        parked.discard_parked("referral", PARKED_ID, reason=reason, by=by, as_json=False)

    assert operator.decided == []


def test_who_gave_what_up_is_listed(
    operator: FakeOperator, capsys: pytest.CaptureFixture[str]
) -> None:
    parked.list_discarded(as_json=False)

    assert "Ash (operator:site)" in (out := capsys.readouterr().out)
    assert "Sent twice" in out


def test_a_replay_is_counted_and_not_done_until_somebody_agrees(
    operator: FakeOperator, capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, Any] = {"since": "2026-11-20T09:30:00Z", "stream": None, "as_json": False}

    replay.replay("referral", **given, yes=False)
    assert "5 events of referral would be published again" in capsys.readouterr().out
    assert operator.left == 5

    replay.replay("referral", **given, yes=True)
    assert capsys.readouterr().out.startswith("On their way again: 5 events.")
    steps = operator.asked[2:]
    assert {step["until"] for step in steps} == {"2026-11-20T10:00:00+00:00"}
    assert [step["after"] for step in steps] == [None, "3", "1", "0"]


@pytest.mark.parametrize("since", ["yesterday", "2026-11-20T09:30:00", ""])
def test_a_time_without_its_zone_is_no_time(operator: FakeOperator, since: str) -> None:
    with pytest.raises(ConsoleError, match="a time with its zone"):
        replay.replay("referral", since=since, stream=None, yes=True, as_json=False)

    assert operator.asked == []
