"""Who looks a patient up, at the front desk or out of hours, sees what they need and leaves a trace."""

import asyncpg
import pytest

from schemas.patient import PersonName
from tests.integration.referral.clerical import R26
from tests.integration.referral.conftest import (
    EDNA,
    ELM_TREE,
    TOM,
    after_asthma,
    described,
    discharged,
)
from tests.integration.referral.test_pages import plain
from tests.integration.referral.test_worklist import accepted


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
