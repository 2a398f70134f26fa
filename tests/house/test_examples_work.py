"""What a document shows to be copied works when it is copied."""

import re
import shutil
from pathlib import Path

import yaml

from services.referral.outbound.rulebook.check import check
from services.rehearsal.story import read_story
from tests.house.tracked import ROOT

DOCS = ROOT / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_the_rule_that_is_explained_line_by_line_is_a_sound_rule(tmp_path: Path) -> None:
    said = yaml.safe_load(blocks("pathways.md", "yaml")[0])
    said["version"] += "-copied.1"
    (tmp_path / f"{said['id']}.yaml").write_text(yaml.safe_dump(said, allow_unicode=True))

    assert check(local=tmp_path)["faults"] == []


def test_the_rule_that_is_switched_off_may_be(tmp_path: Path) -> None:
    [off] = [block for block in blocks("pathways.md", "yaml") if "\noff: true" in block]
    (tmp_path / f"{yaml.safe_load(off)['id']}.yaml").write_text(off)

    assert check(local=tmp_path)["faults"] == []


def test_the_story_that_is_worked_through_is_a_story(tmp_path: Path) -> None:
    (tmp_path / "messages").mkdir()
    for message in (ROOT / "tests/stories/messages").iterdir():
        shutil.copy(message, tmp_path / "messages")
    (tmp_path / "messages" / "tamsin-goes-home.hl7").touch()
    (tmp_path / "story.yaml").write_text(blocks("rehearsal.md", "yaml")[0])

    story = read_story(tmp_path / "story.yaml")

    assert story.title
    assert len(story.steps) > 3
