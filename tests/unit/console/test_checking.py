"""A story that does not come true says what was expected and what was found."""

import pytest

from services.console.story.checking import StoryBroke, check, wait_for


def test_what_holds_goes_on() -> None:
    check("one", 1, holds=True)


def test_what_does_not_hold_is_told_whole() -> None:
    with pytest.raises(StoryBroke) as broke:
        check("one handover", [], holds=False)

    assert "expected: one handover" in str(broke.value)
    assert "found:    []" in str(broke.value)


def test_it_waits_for_the_fact_and_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.console.story.checking._PAUSE", 0.001)
    answers = iter([[], [], [7]])

    assert wait_for("a seven", lambda: next(answers), bool) == [7]


def test_it_gives_up_with_the_last_thing_it_saw() -> None:
    with pytest.raises(StoryBroke, match=r"a seven, within 0 s\n  found:    \[6\]"):
        wait_for("a seven", lambda: [6], lambda found: 7 in found, seconds=0)
