"""The last lines of a run: which broker and which database it used, and what it had to skip."""

from collections import Counter
from collections.abc import Generator

import pytest

PARTS = pytest.StashKey[dict[str, str]]()
MISSED = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[PARTS] = {}
    config.stash[MISSED] = Counter()


def used(config: pytest.Config, part: str, sentence: str) -> None:
    """Remember that this run stood on a real part."""
    config.stash[PARTS][part] = sentence


def miss(config: pytest.Config, reason: str) -> None:
    """Skip the test that is being set up, and count it."""
    config.stash[MISSED][reason] += 1
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None, None, None]:
    yield
    parts = config.stash[PARTS]
    for reason, count in config.stash[MISSED].most_common():
        terminalreporter.write_line(f"Not run: {count} test{'s'[: count > 1]}, {reason}")
    kafka = f"Kafka: {parts.get('kafka', 'not used')}"
    terminalreporter.write_line(f"{kafka} · {parts.get('postgres', 'PostgreSQL: not used')}")
