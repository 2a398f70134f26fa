"""Every story in `tests/stories` comes true, in whatever order the services hear of each other."""

import re
from pathlib import Path

import pytest

from services.rehearsal.as_text import as_text
from services.rehearsal.ground import Ground
from services.rehearsal.rehearsing import rehearse
from services.rehearsal.story import read_story
from tests.integration.rehearsal.conftest import STORIES

JOURNEYS = STORIES.parents[1] / "docs" / "journeys"
EVERY_STORY = sorted(STORIES.glob("*.yaml"))
IN_ANY_ORDER = [path for path in EVERY_STORY if path.stem[:3] in ("S02", "S03", "S11")]


@pytest.mark.parametrize("path", EVERY_STORY, ids=lambda path: path.stem)
async def test_it_comes_true(path: Path, ground: Ground) -> None:
    outcome = await rehearse(read_story(path), ground)
    printed = list(as_text(outcome))
    assert outcome.came_true, "\n".join(printed)
    assert outcome.checks, "a story without checks shows nothing"
    assert [line for line in quoted(path) if line not in printed] == []


def quoted(path: Path) -> list[str]:
    """What the journeys show of a story, line by line."""
    printed = re.compile(rf"{path.name}`[^`]*```\n(.*?)```", re.DOTALL)
    pages = (page.read_text("utf-8") for page in JOURNEYS.glob("*.md"))
    return [
        line for page in pages for block in printed.findall(page) for line in block.splitlines()
    ]


@pytest.mark.parametrize("path", IN_ANY_ORDER, ids=lambda path: path.stem)
async def test_it_comes_true_whoever_hears_first(path: Path, ground: Ground) -> None:
    outcome = await rehearse(read_story(path), ground, seed=7)
    assert outcome.came_true, "\n".join(as_text(outcome))
