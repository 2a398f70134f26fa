"""What an author sees of a rehearsal: differences that can be read, a page that stands alone, and no identity."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.rehearsal.as_html import as_html
from services.rehearsal.as_json import as_json
from services.rehearsal.as_text import as_text
from services.rehearsal.ground import Ground
from services.rehearsal.rehearsing import rehearse
from services.rehearsal.story import read_story
from services.rehearsal.timeline import Outcome
from tests.integration.rehearsal.conftest import STORIES
from tests.support.axe import PHONE, assert_accessible, assert_fits

if TYPE_CHECKING:
    from playwright.async_api import Page

WIDE = {"width": 1200, "height": 900}
EDNA = ("Hartley", "HARTLEY", "9995000105", "999 500 0105", "12 Mill Lane", "960118", "12 MILL")


def a_story(folder: Path, *steps: str, starts: str = "2026-09-08 11:20") -> Path:
    path = folder / "story.yaml"
    lines = ["title: A story", f'starts: "{starts}"', "people:"]
    lines += ['  - {name: Edna, nhs_number: "9995000105"}', "steps:", *steps]
    path.write_text("\n".join(lines))
    (folder / "a03.hl7").write_bytes((STORIES / "../../samples/frail-78-a03.hl7").read_bytes())
    return path


async def played(ground: Ground, path: Path) -> Outcome:
    return await rehearse(read_story(path), ground)


async def test_what_differs_is_shown_beside_what_was_expected(
    ground: Ground, tmp_path: Path
) -> None:
    wrong = '  - expect: {including: [{rule: R01, due: "2026-09-09 11:21"}]}'
    outcome = await played(ground, a_story(tmp_path, "  - send: a03.hl7", wrong))
    assert not outcome.came_true
    said = "\n".join(as_text(outcome))
    assert "- rule: R01, due: 2026-09-09 11:21" in said
    assert "+ rule: R01, owner: ward-ZTA, status: accepted, due: 2026-09-09 11:20" in said


async def test_what_must_not_be_is_found_when_it_is_there(ground: Ground, tmp_path: Path) -> None:
    path = a_story(tmp_path, "  - send: a03.hl7", "  - nothing: {tasks: [{rule: R01}]}")
    assert (await played(ground, path)).failures == 1


async def test_an_act_that_is_refused_says_why(ground: Ground, tmp_path: Path) -> None:
    act = "  - {act: complete, as: practice-Z90001, on: {task: R01}}"
    outcome = await played(ground, a_story(tmp_path, "  - send: a03.hl7", act))
    assert "task.not_yours" in "\n".join(as_text(outcome))
    expected = act.replace("on:", "refused: task.not_yours, on:")
    assert (await played(ground, a_story(tmp_path, "  - send: a03.hl7", expected))).came_true


async def test_a_mail_that_fails_becomes_a_persons_task(ground: Ground, tmp_path: Path) -> None:
    path = a_story(
        tmp_path,
        "  - fail: {to: patient}",
        "  - send: a03.hl7",
        '  - {at: "+1h", expect: {including: [{rule: undelivered, owner: ward-ZTA}]}}',
    )
    outcome = await played(ground, path)
    assert outcome.came_true, "\n".join(as_text(outcome))


async def test_what_is_sent_while_the_feed_is_down_comes_in_afterwards(
    ground: Ground, tmp_path: Path
) -> None:
    path = a_story(
        tmp_path,
        "  - feed: stop",
        "  - send: a03.hl7",
        '  - {at: "+2h", nothing: {handovers: [{}]}}',
        "  - feed: start",
        '  - expect: {including: [{rule: R01, due: "2026-09-09 11:20"}]}',
    )
    outcome = await played(ground, path)
    assert outcome.came_true, "\n".join(as_text(outcome))


async def test_weeks_of_silence_escalate_and_close_nothing(ground: Ground, tmp_path: Path) -> None:
    path = a_story(
        tmp_path,
        "  - send: a03.hl7",
        '  - at: "2026-09-15 11:20"',
        "    expect:",
        "      including: [{rule: R01, open: true, owner: ward-ZTA}]",
        "      said: [{event: task.escalated, code: send-discharge-summary, milestone: breach}]",
    )
    text = path.read_text().replace(", milestone: breach}", ', at: "2026-09-09 11:20"}')
    path.write_text(text)
    outcome = await played(ground, path)
    assert outcome.came_true, "\n".join(as_text(outcome))


async def test_a_year_passes_over_what_is_done(ground: Ground, tmp_path: Path) -> None:
    path = a_story(
        tmp_path,
        "  - send: a03.hl7",
        "  - {act: withdraw, as: ward-ZTA, on: {handover: discharge}, with: {reason: entered-in-error}}",
        *(
            f"  - {{act: acknowledge, as: {team}, on: {{alert: withdrawn}}}}"
            for team in ("practice-Z90001", "pharmacy-FZZ01", "community-ZTC")
        ),
        '  - at: "2027-09-08 11:20"',
        "    expect: {tasks: [], handovers: [{state: withdrawn}]}",
        "  - nothing: {said: [{event: task.escalated}]}",
    )
    outcome = await played(ground, path)
    assert outcome.came_true, "\n".join(as_text(outcome))


async def test_nobody_can_be_recognised_in_what_is_printed(ground: Ground, tmp_path: Path) -> None:
    outcome = await played(ground, STORIES / "S01_everything_on_time.yaml")
    for said in ("\n".join(as_text(outcome)), str(as_json(outcome)), as_html([outcome])):
        assert [word for word in EDNA if word in said] == []
        assert "Edna" in said


@pytest.mark.browser
@pytest.mark.slow
async def test_the_page_stands_alone_and_anybody_can_read_it(
    ground: Ground, tmp_path: Path, page: "Page"
) -> None:
    wrong = "  - expect: {tasks: []}"
    outcome = await played(ground, a_story(tmp_path, "  - send: a03.hl7", wrong))
    told = as_html([outcome])
    assert "<script" not in told
    assert "url(" not in told
    (tmp_path / "page.html").write_text(told, encoding="utf-8")
    for size in (WIDE, PHONE):
        await page.set_viewport_size(size)
        await page.goto((tmp_path / "page.html").as_uri())
        await assert_accessible(page)
        await assert_fits(page)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("  - {act: accept, as: practice-Z90001}", "there is no offer to practice-Z90001"),
        ('  - {at: "2020-01-01 00:00", wait: "+1h"}', "is before the step before it"),
        ("  - send: nowhere.hl7", "no readable message"),
        ("  - {respond: 20013, as: practice-Z90001}", "there is no document to answer"),
    ],
)
async def test_a_step_that_cannot_be_played_ends_the_story_with_a_sentence(
    step: str, said: str, ground: Ground, tmp_path: Path
) -> None:
    outcome = await played(ground, a_story(tmp_path, step))
    assert not outcome.came_true
    assert said in "\n".join(as_text(outcome))
