"""A story that cannot be understood is refused with the place, and repeats no value."""

from pathlib import Path

import pytest

from services.rehearsal.errors import StoryError
from services.rehearsal.sending import label_of, message_of
from services.rehearsal.story import Step, Story, read_story

HEAD = """
title: A story
starts: 2026-09-08 11:20
people: [{name: Edna, nhs_number: "9995000105"}]
steps:
"""


def story(folder: Path, steps: str) -> Story:
    path = folder / "story.yaml"
    path.write_text(HEAD + steps)
    return read_story(path)


def test_times_stay_local_and_on_is_a_word(tmp_path: Path) -> None:
    found = story(tmp_path, "  - {at: 2026-09-08 12:00, act: start, as: a, on: {task: R01}}")
    assert found.begins.isoformat() == "2026-09-08T10:20:00+00:00"
    assert found.steps[0].on == {"task": "R01"}


@pytest.mark.parametrize(
    "steps",
    [
        "  - {send: a.hl7, wait: +1h}",
        "  - {note: nothing}",
        "  - {sent: a.hl7}",
        "  - {expect: {taks: []}}",
        "  - [",
    ],
)
def test_what_is_misspelt_is_refused(steps: str, tmp_path: Path) -> None:
    with pytest.raises(StoryError, match=r"story\.yaml"):
        story(tmp_path, steps)


def test_only_numbers_that_belong_to_nobody_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(HEAD.replace("9995000105", "4010232137") + "  - {wait: +1h}")
    with pytest.raises(StoryError) as refused:
        read_story(path)
    assert "4010232137" not in str(refused.value)


def test_lines_of_hl7_end_as_hl7_wants_them(tmp_path: Path) -> None:
    step = Step(send="MSH|^~\\&|A|B|C|D|20260908||ADT^A03|1|P|2.4\nPID|1\n")
    assert message_of(step, tmp_path) == b"MSH|^~\\&|A|B|C|D|20260908||ADT^A03|1|P|2.4\rPID|1\r"
    assert label_of(step) == "A message ADT^A03"
