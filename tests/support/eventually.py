"""Waiting for a fact instead of for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

T = TypeVar("T")

_FIRST, _LONGEST = 0.01, 0.25


async def eventually(
    predicate: Callable[[], T | Awaitable[T]],
    timeout: float = 10,  # noqa: ASYNC109 (it ends with the last answer, not with a cancellation)
    what: str = "",
) -> T:
    """Ask until the answer is true, and give that answer; `predicate` may be async.

    An assertion that fails inside it means "not yet", and is shown if the time runs out.
    """
    last: object = None
    for pause in _pauses(timeout):
        try:
            answer = predicate()
            last = await answer if inspect.isawaitable(answer) else answer
        except AssertionError as not_yet:
            last = not_yet
        else:
            if last:
                return last
        await asyncio.sleep(pause)
    raise _never(last, timeout, what)


def eventually_now(predicate: Callable[[], T], timeout: float = 10, what: str = "") -> T:
    """Do the same in a test that is not async."""
    last: object = None
    for pause in _pauses(timeout):
        try:
            last = predicate()
        except AssertionError as not_yet:
            last = not_yet
        else:
            if last:
                return last
        time.sleep(pause)
    raise _never(last, timeout, what)


def _pauses(timeout: float) -> Iterator[float]:
    deadline = time.monotonic() + timeout
    pause = _FIRST
    yield pause
    while time.monotonic() < deadline:
        pause = min(pause * 1.5, _LONGEST)
        yield pause


def _never(last: object, timeout: float, what: str) -> AssertionError:
    return AssertionError(f"within {timeout:g} s never: {what or 'true'}; last seen: {last!r}")
