"""Every story in `tests/stories` comes true, in whatever order the services hear of each other."""

from pathlib import Path

import pytest

from services.rehearsal.as_text import as_text
from services.rehearsal.ground import Ground
from services.rehearsal.rehearsing import rehearse
from services.rehearsal.story import read_story
from tests.integration.rehearsal.conftest import STORIES

EVERY_STORY = sorted(STORIES.glob("*.yaml"))


@pytest.mark.parametrize("path", EVERY_STORY, ids=lambda path: path.stem)
async def test_it_comes_true(path: Path, ground: Ground) -> None:
    outcome = await rehearse(read_story(path), ground)
    assert outcome.came_true, "\n".join(as_text(outcome))
    assert outcome.checks, "a story without checks shows nothing"


@pytest.mark.parametrize("path", EVERY_STORY, ids=lambda path: path.stem)
async def test_it_comes_true_whoever_hears_first(path: Path, ground: Ground) -> None:
    outcome = await rehearse(read_story(path), ground, seed=7)
    assert outcome.came_true, "\n".join(as_text(outcome))
