"""A pending result is not lost: each has a task of the team that ordered the test, whoever has left (R04, R05, H11)."""

from datetime import timedelta

import pytest

from schemas.handover import HandoverReplanned, HandoverWithdrawn
from schemas.task import TaskAdded, TaskChanged
from services.chassis.ids import new_id
from services.referral.domain.calendars import local_date
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    HARBOUR,
    PHARMACY,
    SAFETY,
    WARD,
    cancelled,
    described,
    discharged,
    key_of,
)

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
