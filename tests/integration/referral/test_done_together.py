"""Clerical work of several patients, done in one act."""

import pytest

from schemas.task import TaskChanged
from tests.integration.referral.clerical import R26, clerical
from tests.integration.referral.conftest import (
    ELM_TREE,
    TOM,
    after_asthma,
    described,
)
from tests.integration.referral.test_pages import plain
from tests.integration.referral.test_worklist import accepted, key_in


async def test_clerical_tasks_are_done_together_once_and_each_says_what_became_of_it(house):
    await accepted(house)
    tasks = await clerical(house, "R06", "R26")
    desk = await house.visitor("staff-elm-tree-desk")
    form = {
        "idempotency_key": key_in(await desk.get("/worklist/bulk")),
        "task": tasks,
        "act": "complete",
        "text": "Filed",
    }

    first = await desk.post("/worklist/bulk", data=form)
    again = await desk.post("/worklist/bulk", data=form)
    page = plain(await desk.get(first.headers["location"]))

    assert len(tasks) == 3
    assert first.headers["location"] == again.headers["location"]
    assert "Done: 3." in page
    assert "Not:" not in page
    assert len(await house.said(TaskChanged)) == 3


async def test_one_that_is_refused_is_named_with_the_reason_and_stops_no_other(house):
    await accepted(house)
    tasks = await clerical(house, "R06")
    clinical = str((await house.task("R26"))["task_id"])
    foreign = str((await house.task("R01"))["task_id"])
    async with house.client(ELM_TREE) as colleague:
        await colleague.post(f"/tasks/{tasks[0]}/complete", json={"reason": "Done before"})
    desk = await house.visitor("staff-elm-tree-desk")

    answer = await desk.post(
        "/worklist/bulk",
        data={"task": [*tasks, clinical, foreign], "act": "complete", "text": "Filed"},
    )
    page = plain(await desk.get(answer.headers["location"]))

    assert "Done: 1. Not: 3." in page
    assert "A task that is completed cannot become completed." in page
    assert "Only clerical work can be done together. Open this task by itself." in page
    assert "A task that is not on your lists" in page
    statuses = await house.pool.fetch(
        "SELECT status FROM tasks WHERE task_id = ANY($1::text[]::uuid[])", tasks
    )
    assert {row["status"] for row in statuses} == {"completed"}
    assert (await house.task("R26"))["status"] == (await house.task("R01"))["status"] == "accepted"


@pytest.mark.parametrize("act", ["note", "claim"])
async def test_tasks_are_noted_or_taken_together(house, act):
    await accepted(house)
    tasks = await clerical(house, "R06")
    desk = await house.visitor("staff-elm-tree-desk")

    await desk.post("/worklist/bulk", data={"task": tasks, "act": act, "text": "Letters printed"})

    takers = await house.pool.fetch(
        "SELECT owner_person FROM tasks WHERE task_id = ANY($1::text[]::uuid[])", tasks
    )
    notes = await house.pool.fetchval("SELECT count(*) FROM history WHERE what = 'task.noted'")
    assert {row["owner_person"] for row in takers} == (
        {"staff-elm-tree-desk"} if act == "claim" else {""}
    )
    assert notes == (0 if act == "claim" else len(tasks))


async def test_two_tasks_of_one_handover_are_done_together(house):
    await house.hear(described(TOM), after_asthma(practice="Z90001"))
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
    tasks = await clerical(house, "R06", "R26")
    desk = await house.visitor("staff-elm-tree-desk")

    answer = await desk.post(
        "/worklist/bulk", data={"task": tasks, "act": "complete", "text": "Filed"}
    )

    assert "Done: 2." in plain(await desk.get(answer.headers["location"]))


async def test_clinical_work_cannot_be_ticked_and_an_empty_form_points_at_what_it_lacks(house):
    await accepted(house)
    await clerical(house, "R06")
    desk = await house.visitor("staff-elm-tree-desk")

    page = await desk.get("/worklist/bulk")
    refused = await desk.post("/worklist/bulk", data={})

    assert plain(page).count("Bring the practice") == 2
    assert R26 not in plain(page)
    assert refused.status_code == 422
    for words in ("Tick the tasks", "Choose what is done with them"):
        assert words in plain(refused)


async def test_what_became_of_them_is_for_whoever_did_it(house):
    await accepted(house)
    tasks = await clerical(house, "R06")
    desk, other = await house.visitor("staff-elm-tree-desk"), await house.visitor("staff-harbour")

    answer = await desk.post("/worklist/bulk", data={"task": tasks, "act": "claim"})

    assert (await other.get(answer.headers["location"])).status_code == 404
