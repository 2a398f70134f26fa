"""Never ownerless: what the database itself refuses, and what acceptance moves."""

import asyncio

import asyncpg
import pytest

from schemas.offer import OfferAccepted, OfferDeclined
from tests.integration.referral.conftest import (
    COMMUNITY,
    ELM_TREE,
    PHARMACY,
    WARD,
)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE tasks SET owner_team = NULL", "owner_team"),
        ("UPDATE tasks SET owner_team = ''", "tasks_have_an_owner"),
        ("UPDATE handovers SET owner_team = ''", "handovers_have_an_owner"),
        ("UPDATE tasks SET owner_team = 'practice-Z90001'", "ownership_moves_forward"),
        ("UPDATE tasks SET owned_since = clock_timestamp()", "ownership_moves_forward"),
        (
            "UPDATE handovers SET owner_team = 'practice-Z90001', owned_since = owned_since - interval '1 hour'",
            "ownership_moves_forward",
        ),
        ("DELETE FROM ownership", "ownership_writes_itself"),
        ("UPDATE ownership SET team = 'practice-Z90001'", "ownership_writes_itself"),
        (
            """
            INSERT INTO ownership (subject, since, team, moved_by)
            SELECT task_id, clock_timestamp(), 'practice-Z90001', 'somebody' FROM tasks
            """,
            "ownership_writes_itself",
        ),
        ("UPDATE tasks SET status = 'completed'", "tasks_close_when_final"),
        (
            "UPDATE tasks SET status = 'failed', closed_at = clock_timestamp()",
            "tasks_failed_for_a_reason",
        ),
        ("UPDATE offers SET state = 'accepted'", "offers_end_with_a_time_and_a_name"),
        (
            "UPDATE offers SET state = 'declined', answered_at = clock_timestamp(), answered_by = 'somebody'",
            "offers_declined_for_a_reason",
        ),
        ("UPDATE handovers SET state = 'completed'", "handovers_close_with_a_time_and_a_name"),
        (
            "UPDATE handovers SET state = 'withdrawn', closed_at = clock_timestamp(), closed_by = 'somebody'",
            "handovers_withdrawn_for_a_reason",
        ),
        (
            "UPDATE tasks SET escalation_step = 1, escalated_at = clock_timestamp()",
            "tasks_escalated_to_somebody",
        ),
    ],
)
async def test_the_database_refuses_what_would_break_a_promise(house, statement, rule):
    await house.open()

    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refusal:
        await house.pool.execute(statement)

    broken = refusal.value
    assert rule in (broken.constraint_name, broken.column_name)


async def test_acceptance_moves_the_tasks_and_their_history(house):
    handover_id = await house.open()
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(ELM_TREE) as practice:
        answer = await practice.post(f"/offers/{offer_id}/accept")

    assert answer.status_code == 200, answer.text
    assert answer.json()["team"] == ELM_TREE
    task = await house.task("R06")
    assert (task["owner_team"], task["status"]) == (ELM_TREE, "accepted")
    assert await house.owners_of(task["task_id"]) == [WARD, ELM_TREE]
    assert await house.owners_of((await house.task("R09"))["task_id"]) == [WARD]
    assert await house.owners_of(handover_id) == [WARD]
    [accepted] = await house.said(OfferAccepted)
    assert (accepted.team, accepted.coordinator_team) == (ELM_TREE, WARD)


async def test_coordination_moves_when_it_is_taken(house):
    handover_id = await house.open()
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{offer_id}/accept", json={"take_coordination": True})

    assert await house.owners_of(handover_id) == [WARD, ELM_TREE]
    [accepted] = await house.said(OfferAccepted)
    assert accepted.coordinator_team == ELM_TREE


async def test_an_offer_is_accepted_once(house):
    await house.open()
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(ELM_TREE) as practice:
        first = await practice.post(f"/offers/{offer_id}/accept")
        second = await practice.post(f"/offers/{offer_id}/accept")

    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "offer.already_accepted"
    assert len(await house.said(OfferAccepted)) == 1


async def test_of_two_people_who_answer_at_once_one_gets_through(house):
    await house.open()
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(ELM_TREE) as one, house.client("*") as other:
        answers = await asyncio.gather(
            one.post(f"/offers/{offer_id}/accept"),
            other.post(f"/offers/{offer_id}/decline", json={"reason": "no-capacity"}),
            one.post(f"/offers/{offer_id}/accept"),
        )

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert len(await house.said(OfferAccepted, OfferDeclined)) == 1


async def test_three_teams_that_accept_at_once_all_get_what_was_offered_to_them(house):
    await house.open()
    offers = {team: await house.offer_to(team) for team in (ELM_TREE, PHARMACY, COMMUNITY)}

    async with house.client() as anybody:
        answers = await asyncio.gather(
            *(
                anybody.post(f"/offers/{offer_id}/accept", json={"take_coordination": True})
                for offer_id in offers.values()
            )
        )

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    sequences = await house.pool.fetch("SELECT sequence FROM outbox ORDER BY sequence")
    assert [row["sequence"] for row in sequences] == [1, 2, 3, 4]
    await house.sweep()


async def test_a_decline_keeps_the_work_with_the_sender_who_sees_why(house):
    await house.open()
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(ELM_TREE) as practice:
        answer = await practice.post(
            f"/offers/{offer_id}/decline", json={"reason": "not-our-patient"}
        )
        gone = await practice.get(f"/handovers/{answer.json()['handover_id']}")
    async with house.client(WARD) as ward:
        [offer] = (await ward.get("/offers", params={"state": "declined"})).json()["items"]
        tasks = (await ward.get("/tasks", params={"state": "accepted"})).json()["items"]

    assert answer.status_code == 200
    assert gone.status_code == 404
    assert offer["answered_because"] == "not-our-patient"
    assert {task["rule"]["rule_id"] for task in tasks} == {"R01", "R06"}
    assert await house.owners_of((await house.task("R06"))["task_id"]) == [WARD]
    [declined] = await house.said(OfferDeclined)
    assert (declined.reason, declined.owner_team) == ("not-our-patient", WARD)


async def test_an_uncoded_reason_declines_nothing(house):
    await house.open()
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(ELM_TREE) as practice:
        answer = await practice.post(f"/offers/{offer_id}/decline", json={"reason": "busy"})

    assert (answer.status_code, answer.json()["code"]) == (400, "offer.reason_unknown")
    assert await house.said(OfferDeclined) == []
