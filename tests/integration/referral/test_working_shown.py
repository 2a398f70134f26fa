"""Whoever has a task can read how its deadline was counted (H05)."""

import html

from tests.integration.referral.conftest import discharged


async def test_the_page_of_a_task_shows_how_its_deadline_was_counted(house):
    await house.hear(discharged())
    task = await house.task("R01")
    ward = await house.visitor("staff-ward")

    page = await ward.get(f"/worklist/tasks/{task['task_id']}")

    assert "How it was counted" in page.text
    assert task["working"] in html.unescape(page.text)
    assert "+ 24 h →" in task["working"]
