"""Putting away, doing together, looking after a queue that is too long, and looking somebody up."""

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from schemas.patient import PersonName
from schemas.task import TaskChanged
from services.chassis.metrics import registry
from services.referral.app import build_queue_watch
from services.referral.domain.queues import Queue, Queues
from services.referral.inbound.cover import cover_of
from services.referral.outbound.queue_counts import QueueTables
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    HARBOUR,
    TOM,
    after_asthma,
    described,
    discharged,
)
from tests.integration.referral.test_pages import plain
from tests.integration.referral.test_worklist import accepted, key_in

R26 = "Review the patient after an asthma attack"


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


async def clerical(house, *rules):
    await house.pool.execute("UPDATE tasks SET skill = 'clinical'")
    await house.pool.execute(
        "UPDATE tasks SET skill = 'clerical', needs_outcome = false, not_before = NULL WHERE rule_id = ANY($1)",
        list(rules),
    )
    rows = await house.pool.fetch(
        "SELECT task_id FROM tasks WHERE rule_id = ANY($1) AND owner_team = $2 ORDER BY task_id",
        list(rules),
        ELM_TREE,
    )
    return [str(row["task_id"]) for row in rows]


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


def let_help(house, limit, deputy=HARBOUR):
    queues = Queues.of([Queue(ELM_TREE, limit, deputy)])
    house.app.state.cover = cover_of(house.database, queues, QueueTables())


async def test_a_deputy_sees_a_queue_over_its_limit_and_takes_work_for_the_team(house):
    await accepted(house)
    let_help(house, 2)
    deputy = await house.visitor("staff-harbour")
    link = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"

    page = plain(await deputy.get("/"))
    taken = await deputy.post(f"{link}/claim", data={})
    after = await house.task("R26")
    completed = await deputy.post(f"{link}/complete", data={"outcome": "Seen"})

    assert "More waits for Elm Tree Surgery than it can do for now." in page
    assert R26 in page
    assert taken.status_code == 303
    assert (after["owner_team"], after["owner_person"]) == (ELM_TREE, "staff-harbour")
    assert completed.status_code == 303


async def test_a_deputy_answers_an_offer_and_the_team_is_accountable(house):
    await house.hear(described(), discharged(), described(TOM), after_asthma(practice="Z90001"))
    let_help(house, 1)
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(HARBOUR) as deputy:
        answer = await deputy.post(f"/offers/{offer_id}/accept")

    assert (answer.status_code, answer.json()["team"]) == (200, ELM_TREE)


async def test_a_queue_within_its_limit_is_its_teams_own(house):
    await accepted(house)
    let_help(house, 3)
    deputy = await house.visitor("staff-harbour")

    page = plain(await deputy.get("/"))
    answer = await deputy.get(f"/worklist/tasks/{(await house.task('R26'))['task_id']}")

    assert "More waits for" not in page
    assert "Hartley" not in page
    assert answer.status_code == 404


async def test_a_deputy_keeps_what_they_took_when_the_queue_is_short_again(house):
    await accepted(house)
    let_help(house, 2)
    deputy = await house.visitor("staff-harbour")
    link = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"
    await deputy.post(f"{link}/claim", data={})
    let_help(house, 200)

    assert (await deputy.get(link)).status_code == 200


async def test_the_operator_sees_how_long_and_how_old_each_queue_is(house):
    await accepted(house)
    watch = build_queue_watch(house.database, house.playbook)

    await watch.look()

    depth = registry.get_sample_value("baton_referral_queue_depth", {"team": ELM_TREE})
    idle = registry.get_sample_value("baton_referral_queue_depth", {"team": HARBOUR})
    asked = registry.get_sample_value("baton_referral_queue_depth", {"team": COMMUNITY})
    assert (depth, idle) == (3, 0)
    assert asked is not None
    assert asked > 0
    age = registry.get_sample_value("baton_referral_queue_oldest_seconds", {"team": ELM_TREE})
    assert age is not None
    assert age > 0


async def test_the_front_desk_learns_whom_to_pass_a_caller_to_and_nothing_clinical(house):
    await accepted(house)
    desk = await house.visitor("staff-elm-tree-desk")

    answer = await desk.post("/reception", data={"nhs_number": "999 500 0598"})

    words = plain(answer)
    assert "BELL, Tom" in words
    assert "Elm Tree Surgery 01632 960110" in words.replace("Telephone ", "").replace("Team ", "")
    assert "asthma" not in words.lower()
    assert "Something is due" in words
    assert TOM not in str(answer.url)
    row = await house.pool.fetchrow("SELECT looked_by, page, teams, shown FROM look_ups")
    assert (row["looked_by"], row["page"], row["teams"]) == (
        "staff-elm-tree-desk",
        "reception",
        [ELM_TREE],
    )
    assert row["shown"] > 0


async def test_of_a_protected_patient_the_front_desk_learns_no_place(house):
    await house.hear(described(restricted=True), discharged())
    desk = await house.visitor("staff-elm-tree-desk")

    words = plain(await desk.post("/reception", data={"nhs_number": EDNA}))

    assert "Protected record" in words
    for secret in ("HARTLEY", "Ward 7", "Fellside", "01632"):
        assert secret not in words


async def test_the_front_desk_sees_no_work_of_other_teams_and_that_it_looked_is_kept(house):
    await house.hear(described(TOM, name=PersonName(family="Bell", given="Tom")), after_asthma())
    desk = await house.visitor("staff-elm-tree-desk")

    found = plain(await desk.post("/reception", data={"nhs_number": TOM}))
    wrong = await desk.post("/reception", data={"nhs_number": "12"})

    assert "Nothing open" in found
    assert "BELL" not in found
    assert wrong.status_code == 422
    assert await house.pool.fetchval("SELECT shown FROM look_ups") == 0


async def test_who_looked_can_be_changed_by_nobody(house):
    desk = await house.visitor("staff-elm-tree-desk")
    await desk.post("/reception", data={"nhs_number": TOM})

    for attempt in ("UPDATE look_ups SET looked_by = 'another'", "DELETE FROM look_ups"):
        with pytest.raises(asyncpg.CheckViolationError):
            await house.pool.execute(attempt)


async def test_an_out_of_hours_team_reads_what_presses_in_its_place_and_changes_nothing(house):
    await accepted(house)
    await house.pool.execute("UPDATE tasks SET priority = 0")
    await house.pool.execute("UPDATE tasks SET priority = 1 WHERE rule_id = 'R26'")
    doctor, surgery = await house.visitor("staff-ooh"), await house.visitor("staff-elm-tree")
    task_id = (await house.task("R26"))["task_id"]

    page = await doctor.get("/out-of-hours")
    refused = await surgery.get("/out-of-hours")
    act = await doctor.post(f"/worklist/tasks/{task_id}/claim")

    words = plain(page)
    assert R26 in words
    assert "Elm Tree Surgery" in words
    assert "Bring the practice" not in words
    assert 'method="post"' not in page.text.split("<main", 1)[1]
    assert (refused.status_code, act.status_code) == (403, 404)
    assert await house.pool.fetchval("SELECT page FROM look_ups") == "out-of-hours"


async def test_out_of_hours_a_protected_patient_is_shown_without_a_place(house):
    await house.hear(described(restricted=True), discharged())
    await house.pool.execute("UPDATE tasks SET priority = 3")
    doctor = await house.visitor("staff-ooh")

    words = plain(await doctor.get("/out-of-hours"))

    assert "Restricted: share no location" in words
    for secret in ("Ward 7", "Elm Tree Surgery", "01632"):
        assert secret not in words
