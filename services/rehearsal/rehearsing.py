"""One story, from its first step to its last, on a fresh virtual stage."""

from pathlib import Path

from services.rehearsal.ground import Ground
from services.rehearsal.playing import Play
from services.rehearsal.stage import VirtualStage
from services.rehearsal.story import Story
from services.rehearsal.timeline import Outcome
from services.rehearsal.town import open_town


async def rehearse(
    story: Story, ground: Ground, *, rules: Path | None = None, seed: int | None = None
) -> Outcome:
    """Play it. Raises what opening the services raises, for example for a rule that cannot be read."""
    async with open_town(ground, story, rules=_rules_of(story, rules), seed=seed) as town:
        return await Play(story, VirtualStage(town)).run()


def _rules_of(story: Story, given: Path | None) -> Path | None:
    return given or (story.folder / story.rules if story.rules else None)
