"""A pending result is not lost: each has a task of the team that ordered the test, whoever has left (R04, R05, H11)."""

from datetime import timedelta

from schemas.handover import HandoverWithdrawn
from schemas.task import TaskAdded, TaskChanged
from services.referral.domain.calendars import local_date
from services.referral.outbound.results import PAGE
from tests.integration.referral.conftest import (
    COMMUNITY,
    ELM_TREE,
    HARBOUR,
    PHARMACY,
    WARD,
    cancelled,
    described,
    discharged,
)
from tests.support.tables import gather_statistics

BIOPSY, CULTURE = "Biopsy of the colon", "Blood culture"


async def say(house, handover_id, team=WARD, key="", **said):
    headers = {"Idempotency-Key": key} if key else {}
    async with house.client(team, **headers) as client:
        return await client.post(f"/handovers/{handover_id}/results", json=said)


async def results(house):
    return await house.pool.fetch("SELECT * FROM tasks WHERE rule_id = 'R05' ORDER BY task_id")


async def letters(house):
    return await house.pool.fetch("SELECT * FROM tasks WHERE rule_id = 'R04' ORDER BY task_id")


async def in_days(house, days):
    now = await house.pool.fetchval("SELECT clock_timestamp()")
    return local_date(now) + timedelta(days=days)


async def hand_on(house, task_id, to, team=WARD):
    async with house.client(team) as client:
        answer = await client.post(
            f"/tasks/{task_id}/hand-on", json={"team": to, "reason": "handed-on"}
        )
    assert answer.status_code == 200, answer.text
    return answer.json()["offer_id"]


async def answer(house, offer_id, team, how="accept", **said):
    async with house.client(team) as client:
        answered = await client.post(f"/offers/{offer_id}/{how}", json=said)
    assert answered.status_code == 200, answered.text


async def test_two_results_are_two_tasks_and_one_letter(house):
    handover_id = await house.open()
    soon, late = await in_days(house, 3), await in_days(house, 30)

    first = await say(house, handover_id, test=BIOPSY, expected_on=str(late))
    second = await say(house, handover_id, test=CULTURE, expected_on=str(soon))

    assert (first.status_code, second.status_code) == (200, 200), first.text
    made = {row["about"]: row for row in await results(house)}
    assert sorted(made) == [BIOPSY, CULTURE]
    assert {row["owner_team"] for row in made.values()} == {WARD}
    assert [row["expected_on"] for row in made.values()] == [late, soon]
    [letter] = await letters(house)
    assert letter["due_at"] == made[BIOPSY]["due_at"] > made[CULTURE]["due_at"]
    assert len(await house.said(TaskAdded)) == 2
    assert first.json()["added_task_id"] == str(made[BIOPSY]["task_id"])


async def test_the_letter_waits_for_the_latest_of_them(house):
    handover_id = await house.open()
    await say(house, handover_id, test=CULTURE, expected_on=str(await in_days(house, 3)))
    [before] = await letters(house)

    await say(house, handover_id, test=BIOPSY, expected_on=str(await in_days(house, 60)))

    [after] = await letters(house)
    assert after["task_id"] == before["task_id"]
    assert after["due_at"] - before["due_at"] > timedelta(days=50)
    ring = await house.pool.fetchval(
        "SELECT due_at FROM timers WHERE subject = $1 AND cancelled_at IS NULL", after["task_id"]
    )
    assert ring == after["rings_at"] > before["rings_at"]


async def test_said_twice_it_is_one_result(house):
    handover_id = await house.open()
    day = str(await in_days(house, 5))

    once = await say(house, handover_id, key="once", test=BIOPSY, expected_on=day)
    again = await say(house, handover_id, key="once", test=BIOPSY, expected_on=day)
    reworded = await say(
        house, handover_id, key="twice", test=" biopsy  of the COLON ", expected_on=day
    )
    another_day = await say(house, handover_id, test=BIOPSY)

    assert once.json() == again.json()
    assert "added_task_id" not in reworded.json()
    assert "added_task_id" in another_day.json()
    assert len(await results(house)) == 2
    assert len(await letters(house)) == 1


async def test_another_hospitals_team_or_a_stranger_names_no_result(house):
    handover_id = await house.open()

    practice = await say(house, handover_id, team=ELM_TREE, test=BIOPSY)
    stranger = await say(house, handover_id, team=HARBOUR, test=BIOPSY)
    elsewhere = await say(house, handover_id, test=BIOPSY, ordered_by=COMMUNITY)
    nameless = await say(house, handover_id, test=" ")
    misspelt = await say(house, handover_id, tset=BIOPSY)

    refused = [(one.status_code, one.json()["code"]) for one in (practice, stranger)]
    assert refused == [(403, "happening.not_yours_to_say"), (404, "handover.not_found")]
    wrong = [(one.status_code, one.json()["code"]) for one in (elsewhere, nameless, misspelt)]
    assert wrong == [
        (422, "result.ordered_elsewhere"),
        (422, "result.test_unclear"),
        (422, "request.misfit"),
    ]
    assert await results(house) == []


async def test_what_happened_is_said_only_by_those_who_see_it(house):
    handover_id = await house.open()
    async with house.client(PHARMACY) as pharmacy:
        heard = (await pharmacy.get("/happenings")).json()
        wrong = await pharmacy.post(
            f"/handovers/{handover_id}/happenings", json={"code": "results-pending"}
        )
        right = await pharmacy.post(
            f"/handovers/{handover_id}/happenings", json={"code": "dms-referral-received"}
        )

    assert heard["said_by"]["results-pending"] == ["discharging-ward"]
    assert (wrong.status_code, wrong.json()["code"]) == (403, "happening.not_yours_to_say")
    assert right.status_code == 200
    assert await results(house) == []


async def test_a_result_that_arrives_after_the_person_who_ordered_it_has_left_is_read_by_their_team(
    house,
):
    """Jo takes it and leaves; a colleague finds it with the team, takes it over and reads it."""
    handover_id = await house.open()
    await say(house, handover_id, test=BIOPSY)
    [task] = await results(house)
    at = f"/tasks/{task['task_id']}"
    jo = await house.visitor("staff-ward")
    taken = await jo.post(f"/worklist{at}/claim")
    await jo.post("/sign-out")
    [task] = await results(house)
    assert (taken.status_code, task["owner_person"]) == (303, "staff-ward")

    await house.let_deadlines_pass()
    await house.ring()
    async with house.client(WARD) as deputy:
        register = (await deputy.get("/results")).json()["items"]
        refused = await deputy.post(f"{at}/claim")
        taken_over = await deputy.post(f"{at}/claim", json={"take_over": True})
        unsaid = await deputy.post(f"{at}/complete", json={})
        read = await deputy.post(
            f"{at}/complete", json={"reason": "No cancer. Patient and practice told."}
        )

    assert [(one["about"], one["late"]) for one in register] == [(BIOPSY, True)]
    assert refused.json()["code"] == "task.taken"
    assert taken_over.status_code == 200
    assert unsaid.json()["code"] == "task.reason_missing"
    assert read.status_code == 200
    assert set(await house.owners_of(task["task_id"])) == {WARD}, "at every instant"


async def test_a_result_stays_with_its_requester_until_another_team_accepts_and_then_is_open_there(
    house,
):
    handover_id = await house.open()
    await say(house, handover_id, test=BIOPSY)
    [task] = await results(house)

    offer_id = await hand_on(house, task["task_id"], COMMUNITY)
    [asked] = await results(house)
    await answer(house, offer_id, COMMUNITY)
    [agreed] = await results(house)

    assert (asked["owner_team"], asked["status"]) == (WARD, "requested")
    assert (agreed["owner_team"], agreed["status"]) == (COMMUNITY, "accepted")
    assert agreed["closed_at"] is None
    assert agreed["due_at"] == task["due_at"]
    assert await house.owners_of(task["task_id"]) == [WARD, COMMUNITY]
    async with house.client(COMMUNITY) as nurses, house.client(WARD) as ward:
        theirs = (await nurses.get("/results")).json()["items"]
        ours = (await ward.get("/results")).json()["items"]
    assert [one["about"] for one in theirs] == [BIOPSY]
    assert [(one["owner_team"], one["ordered_by"]) for one in ours] == [(COMMUNITY, WARD)]


async def test_a_result_that_another_team_declines_is_still_the_requesters(house):
    handover_id = await house.open()
    await say(house, handover_id, test=BIOPSY)
    [task] = await results(house)

    offer_id = await hand_on(house, task["task_id"], ELM_TREE)
    await answer(house, offer_id, ELM_TREE, "decline", reason="not-appropriate")

    [back] = await results(house)
    assert (back["owner_team"], back["status"]) == (WARD, "accepted")


async def test_that_another_clinician_agreed_is_no_happening_that_closes_anything(house):
    handover_id = await house.open()
    await say(house, handover_id, test=BIOPSY)
    async with house.client(WARD) as ward:
        said = await ward.post(
            f"/handovers/{handover_id}/happenings", json={"code": "result-accepted"}
        )

    assert (said.status_code, said.json()["code"]) == (422, "happening.unknown")
    assert [row["status"] for row in await results(house)] == ["accepted"]


async def test_results_that_nobody_named_are_one_task_of_the_ward(house):
    handover_id = await house.open()
    async with house.client(WARD) as ward:
        for _ in range(2):
            await ward.post(
                f"/handovers/{handover_id}/happenings", json={"code": "results-pending"}
            )

    [task] = await results(house)
    assert (task["about"], task["ordered_by"]) == ("Results of this stay", WARD)
    assert task["owner_team"] == WARD
    assert len(await letters(house)) == 1


async def test_a_result_is_looked_for_after_the_patient_has_died(house):
    handover_id = await house.open()
    await house.hear(described())
    await say(house, handover_id, test=BIOPSY)

    await house.hear(described(deceased=True, death_status="formal"))

    assert [row["status"] for row in await results(house)] == ["accepted"]
    assert [row["status"] for row in await letters(house)] == ["accepted"]


async def test_a_result_is_looked_for_by_the_ward_when_the_discharge_was_cancelled(house):
    """The patient is back in the ward: nobody is written to or asked any more, and the result is still missing."""
    left = discharged()
    handover_id = await house.open(left)
    await say(house, handover_id, test=BIOPSY)
    await say(house, handover_id, test=CULTURE)
    biopsy, culture = await results(house)
    theirs = await hand_on(house, biopsy["task_id"], ELM_TREE)
    await answer(house, theirs, ELM_TREE)
    asked = await hand_on(house, culture["task_id"], COMMUNITY)

    await house.hear(cancelled(left))

    [withdrawn] = await house.said(HandoverWithdrawn)
    kept = [one for one in await house.said(TaskChanged) if one.status == "accepted"]
    assert {one.task_id for one in kept} == {biopsy["task_id"], culture["task_id"]}
    owners = [(row["owner_team"], row["status"]) for row in await results(house)]
    assert owners == [(ELM_TREE, "accepted"), (WARD, "accepted")]
    assert [row["status"] for row in await letters(house)] == ["cancelled"]
    states = await house.pool.fetch("SELECT offer_id, state FROM offers")
    of = {row["offer_id"]: row["state"] for row in states}
    assert withdrawn.reason == "discharge-cancelled"
    assert [state for offer, state in of.items() if str(offer) == asked] == ["withdrawn"]
    assert [state for offer, state in of.items() if str(offer) == theirs] == ["accepted"]
    async with house.client(WARD) as ward:
        read = await ward.post(f"/tasks/{culture['task_id']}/complete", json={"reason": "Sterile"})
    assert read.status_code == 200

    await house.hear(left)
    again = await house.pool.fetchval("SELECT handover_id FROM handovers WHERE state = 'open'")
    page = await (await house.visitor("staff-ward")).get(f"/worklist/handovers/{again}")
    assert BIOPSY in page.text
    assert "an earlier handover of this stay" in page.text


async def test_a_handover_is_not_complete_while_a_result_is_missing(house):
    handover_id = await house.open()
    await house.pool.execute("UPDATE tasks SET status = 'cancelled', closed_at = clock_timestamp()")
    await say(house, handover_id, test=BIOPSY)
    async with house.client(WARD) as ward:
        refused = await ward.post(f"/handovers/{handover_id}/complete")

    assert refused.json()["code"] == "handover.tasks_still_open"


async def test_the_register_shows_the_newest_lateness_first_then_what_is_next(house):
    handover_id = await house.open()
    await house.hear(described())
    for hours, test in ((-50, "Long late"), (-1, "Just late"), (5, "Next"), (500, "Far")):
        await say(house, handover_id, test=test)
        await house.pool.execute(
            "UPDATE tasks SET due_at = clock_timestamp() + $1 WHERE about = $2",
            timedelta(hours=hours),
            test,
        )
    async with house.client(WARD) as ward:
        whole = (await ward.get("/results")).json()
        first = (await ward.get("/results", params={"limit": 3})).json()
        rest = (await ward.get("/results", params={"limit": 3, "cursor": first["next"]})).json()
        bad = await ward.get("/results", params={"cursor": "?"})

    order = ["Just late", "Long late", "Next", "Far"]
    assert [one["about"] for one in whole["items"]] == order
    assert [one["about"] for one in (*first["items"], *rest["items"])] == order
    assert (whole["next"], rest["next"]) == (None, None)
    assert whole["items"][0]["person"]["family"] == "Hartley"
    assert bad.json()["code"] == "request.bad_cursor"


async def test_the_register_is_for_the_teams_that_have_to_do_with_it(house):
    handover_id = await house.open()
    await say(house, handover_id, test=BIOPSY, ordered_by="respiratory-ZTA")
    seen = {}
    for team in (WARD, ELM_TREE, COMMUNITY, "*"):
        async with house.client(team) as client:
            seen[team] = len((await client.get("/results")).json()["items"])
    async with house.client("*") as anybody:
        narrowed = (await anybody.get("/results", params={"team": "respiratory-ZTA"})).json()
    async with house.client(ELM_TREE) as practice:
        curious = (await practice.get("/results", params={"team": WARD})).json()
    nobody = await house.client("nobody").get("/results")

    assert seen == {WARD: 0, ELM_TREE: 0, COMMUNITY: 0, "*": 1}
    assert len(narrowed["items"]) == 1
    assert curious["items"] == []
    assert nobody.status_code == 401


async def test_a_browser_is_led_to_the_register(house):
    browser = await house.visitor("staff-ward")

    answered = await browser.get("/results")

    assert (answered.status_code, answered.headers["location"]) == (303, "/worklist/results")
    assert "No result is missing." in (await browser.get("/worklist/results")).text


async def test_the_register_reads_small_indexes_and_not_the_rest_of_a_long_list(house, tables):
    handover_id = await house.open()
    await say(house, handover_id, test=BIOPSY)
    await house.pool.execute(
        """
        INSERT INTO tasks (task_id, handover_id, code, rule_id, rule_version, owner_team, owned_since, owned_by,
                           status, needs_outcome, anchored_at, due_at)
        SELECT gen_random_uuid(), handover_id, 'send-discharge-summary', 'R01', rule_version, owner_team, owned_since,
               owned_by, 'accepted', false, anchored_at, due_at
        FROM tasks CROSS JOIN generate_series(1, 4000) WHERE rule_id = 'R05'
        """
    )
    await gather_statistics(tables)

    rows = await house.pool.fetch("EXPLAIN " + PAGE, [WARD], None, None, 26)

    plan = "\n".join(row[0] for row in rows)
    for index in ("results_missing", "results_ordered", "results_offered"):
        assert index in plan, plan
    assert "Seq Scan on tasks" not in plan
    async with house.client(WARD) as ward:
        assert [one["about"] for one in (await ward.get("/results")).json()["items"]] == [BIOPSY]


async def test_no_name_of_a_test_leaves_the_service(house, capsys):
    """Neither an event, nor a timer, nor a log line says what somebody was tested for."""
    canary = "Xylophonase antibodies"
    handover_id = await house.open()
    await house.hear(described())
    await say(house, handover_id, test=canary, expected_on=str(await in_days(house, 4)))
    await say(house, handover_id, test=canary)
    await say(house, handover_id, test=canary + "\x00")
    task, other = await results(house)
    await house.let_deadlines_pass()
    await house.ring()
    offer_id = await hand_on(house, task["task_id"], ELM_TREE)
    await answer(house, offer_id, ELM_TREE)
    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{other['task_id']}/fail", json={"reason": "The sample was lost"})
    browser = await house.visitor("staff-ward")
    await browser.get("/worklist/results")

    said = await house.pool.fetch("SELECT * FROM outbox")
    kept = await house.pool.fetch("SELECT * FROM timers")
    answers = await house.pool.fetch("SELECT * FROM idempotent_requests")
    assert len(said) > 5
    captured = capsys.readouterr()
    for text in (*map(str, said), *map(str, kept), *map(str, answers), captured.out, captured.err):
        assert "xylophonase" not in text.lower()
