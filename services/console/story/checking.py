"""A story that is told is checked: what should be there, and what was found instead."""

import time
from collections.abc import Callable
from typing import TypeVar

from services.console.errors import ConsoleError

T = TypeVar("T")
_PAUSE = 0.25


class StoryBroke(ConsoleError):
    """A station did not come true."""

    def __init__(self, expected: str, found: object) -> None:
        super().__init__(
            f"the story did not come true.\n  expected: {expected}\n  found:    {found}"
        )


def check(expected: str, found: object, *, holds: bool) -> None:
    """Go on if it holds. Raises `StoryBroke`."""
    if not holds:
        raise StoryBroke(expected, found)


def wait_for(
    expected: str, ask: Callable[[], T], holds: Callable[[T], object], *, seconds: float = 30
) -> T:
    """Ask until the answer holds, and give it. Raises `StoryBroke` with the last answer."""
    deadline = time.monotonic() + seconds
    while True:
        found = ask()
        if holds(found):
            return found
        if time.monotonic() > deadline:
            raise StoryBroke(f"{expected}, within {seconds:g} s", found)
        time.sleep(_PAUSE)
