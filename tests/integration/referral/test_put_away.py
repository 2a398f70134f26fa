"""A task is put away for a while, and comes back by itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.referral.clerical import R26
from tests.integration.referral.conftest import (
    ELM_TREE,
)
from tests.integration.referral.test_pages import plain
from tests.integration.referral.test_worklist import accepted


async def soon(house, rule, hours=6):
    """The deadline and the next warning of a task."""
    await house.pool.execute(
        "UPDATE tasks SET due_at = clock_timestamp() + $2 * interval '1 hour', not_before = NULL, "
        "rings_at = clock_timestamp() + $2 * interval '30 minutes' WHERE rule_id = $1",
        rule,
        hours,
    )
    return (await house.task(rule))["task_id"]


async def test_a_task_is_put_away_for_a_reason_and_comes_back_by_itself(house):
    await accepted(house)
    task_id = await soon(house, "R26")
    surgery = await house.visitor("staff-elm-tree")
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()

    answer = await surgery.post(
        f"/worklist/tasks/{task_id}/snooze",
        data={"until": until, "away_because": "waiting-for-answer"},
    )
    away, put_away = plain(await surgery.get("/")), plain(await surgery.get("/?show=snoozed"))
    after = await house.task("R26")
    await house.pool.execute(
        "UPDATE tasks SET snoozed_until = clock_timestamp() - interval '1 second' WHERE task_id = $1",
        task_id,
    )

    assert answer.status_code == 303
    assert R26 not in away
    assert "Put away (1)" in away
    assert R26 in put_away
    assert "Waiting for somebody to call or write back" in put_away
    assert (after["owner_team"], after["status"]) == (ELM_TREE, "accepted")
    assert R26 in plain(await surgery.get("/"))


async def test_a_task_that_is_put_away_rings_as_before(house):
    await accepted(house)
    task_id = (await house.task("R26"))["task_id"]
    surgery = await house.visitor("staff-elm-tree")
    until = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    await surgery.post(
        f"/worklist/tasks/{task_id}/snooze",
        data={"until": until, "away_because": "arranged-for-then"},
    )

    await house.let_deadlines_pass()
    await house.pool.execute("UPDATE tasks SET rings_at = due_at")
    await house.ring()

    assert (await house.task("R26"))["escalated_at"] is not None
    assert R26 in plain(await surgery.get("/?show=overdue"))


@pytest.mark.parametrize(
    ("hours", "because", "says"),
    [
        (5, "waiting-for-answer", "until its next warning or its deadline, and no longer"),
        (-1, "waiting-for-answer", "Choose a time that is to come."),
        (1, "", "Choose one of the listed reasons"),
    ],
)
async def test_no_task_is_put_away_past_its_next_warning_or_without_a_reason(
    house, hours, because, says
):
    await accepted(house)
    task_id = await soon(house, "R26")
    surgery = await house.visitor("staff-elm-tree")
    until = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()

    answer = await surgery.post(
        f"/worklist/tasks/{task_id}/snooze", data={"until": until, "away_because": because}
    )
    nothing = await surgery.post(f"/worklist/tasks/{task_id}/snooze", data={})

    assert answer.status_code == 422
    assert says in plain(answer)
    assert "Choose until when the task is put away." in plain(nothing)
    assert (await house.task("R26"))["snoozed_until"] is None


async def test_the_times_that_are_offered_end_at_the_next_warning(house):
    await accepted(house)
    task_id = await soon(house, "R26")
    surgery = await house.visitor("staff-elm-tree")

    page = await surgery.get(f"/worklist/tasks/{task_id}")

    times = [
        datetime.fromisoformat(at)
        for at in re.findall(r'name="until"[^>]*value="([^"]+)"', page.text)
    ]
    assert times
    assert max(times) == (await house.task("R26"))["rings_at"]


async def test_a_task_that_was_put_away_is_taken_out_again(house):
    await accepted(house)
    task_id = await soon(house, "R26")
    surgery = await house.visitor("staff-elm-tree")
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    await surgery.post(
        f"/worklist/tasks/{task_id}/snooze",
        data={"until": until, "away_because": "patient-unavailable"},
    )

    await surgery.post(f"/worklist/tasks/{task_id}/wake")

    assert R26 in plain(await surgery.get("/"))
