"""What people do in the very moment in which something else happens: clearly refused or done, and never half."""

import asyncio

import pytest

from schemas.handover import CoordinatorNamed
from schemas.spell import Coding
from services.referral.usecases import measures
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    HARBOUR,
    PHARMACY,
    WARD,
    corrected,
    described,
    discharged,
)
from tests.integration.referral.moving_house import moving
from tests.integration.referral.test_moves import CLOSED, SUCCESSOR
from tests.integration.referral.test_referrals import PODIATRY, refer
from tests.support.made_up import somebody
from tests.unit.referral.builders import london

__all__ = ["moving"]
ASTHMA = (Coding(system="http://snomed.info/sct", code="708038006"),)


async def test_after_a_withdrawal_every_act_is_refused_in_words(house):
    handover_id = await house.open()
    offer, task = await house.offer_to(ELM_TREE), (await house.task("R01"))["task_id"]
    acts = {
        f"/offers/{offer}/accept": None,
        f"/offers/{offer}/decline": {"reason": "not-our-patient"},
        f"/offers/{offer}/redirect": {"team": HARBOUR, "reason": "wrong-service"},
        f"/tasks/{task}/hand-on": {"team": HARBOUR, "reason": "handed-on"},
        f"/tasks/{task}/claim": None,
        f"/tasks/{task}/start": None,
        f"/tasks/{task}/complete": None,
        f"/handovers/{handover_id}/coordinator": {
            "team": COMMUNITY,
            "name": "Ruth Bell",
            "phone": "01632 960140",
        },
        f"/handovers/{handover_id}/complete": None,
    }
    async with house.client() as anybody:
        await anybody.post(
            f"/handovers/{handover_id}/withdraw", json={"reason": "entered-in-error"}
        )
        answers = {act: await anybody.post(act, json=body) for act, body in acts.items()}

    said = {act: answer.status_code for act, answer in answers.items()}
    assert set(said.values()) == {409}, said
    assert await house.pool.fetchval("SELECT state FROM handovers") == "withdrawn"


async def test_who_completes_while_the_plan_changes_leaves_nothing_undone_behind(house):
    """Either the correction comes first and the completion is refused, or it becomes a handover of its own."""
    for _ in range(4):
        left = discharged(somebody().number)
        handover_id = await house.open(left)
        rows = await house.pool.fetch(
            "SELECT task_id FROM tasks WHERE handover_id = $1", handover_id
        )
        async with house.client() as anybody:
            for offer in await house.pool.fetch(
                "SELECT offer_id FROM offers WHERE handover_id = $1", handover_id
            ):
                await anybody.post(f"/offers/{offer['offer_id']}/accept")
            for row in rows:
                await anybody.post(f"/tasks/{row['task_id']}/complete", json={"reason": "Done"})
            await asyncio.gather(
                anybody.post(f"/handovers/{handover_id}/complete"),
                house.hear(corrected(left, diagnoses=ASTHMA)),
            )

    undone = """
        SELECT count(*) FROM tasks JOIN handovers h USING (handover_id)
        WHERE h.state <> 'open' AND tasks.closed_at IS NULL
    """
    asked = "SELECT count(*) FROM tasks WHERE rule_id = 'R26' AND closed_at IS NULL"
    assert await house.pool.fetchval(undone) == 0
    assert await house.pool.fetchval(asked) == 4


async def test_who_takes_a_task_in_the_moment_in_which_the_patient_dies_is_told_so(house):
    await house.open()
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
    task = (await house.task("R06"))["task_id"]

    async with house.client(ELM_TREE) as practice:
        answers = await asyncio.gather(
            practice.post(f"/tasks/{task}/start"),
            house.hear(described(deceased=True, death_status="formal")),
        )
        late = await practice.post(f"/tasks/{task}/complete", json={"reason": "Done"})

    assert answers[0].status_code in (200, 409)
    assert late.status_code == 409
    assert (await house.task("R06"))["status_reason"] == "deceased"


async def test_what_was_handed_on_to_a_practice_that_closes_is_asked_of_who_follows_it(moving):
    """Handed on the day before: the successor is asked, and who handed on has it until somebody accepts."""
    await moving.hear(discharged(practice="Z90001", discharged_at=london("2026-09-28 09:00")))
    await moving.answer(ELM_TREE, "accept")
    await moving.at("2026-09-30 16:00")
    task = (await moving.practice_tasks())["R06"]
    await moving.do(f"tasks/{task['task_id']}/hand-on", team=CLOSED, reason="handed-on")

    await moving.at("2026-10-01 00:01")

    after = (await moving.practice_tasks())["R06"]
    assert (after["owner_team"], after["due_at"]) == (ELM_TREE, task["due_at"])
    waiting = [team for team, state, _ in await moving.offers() if state == "offered"]
    assert SUCCESSOR in waiting
    assert CLOSED not in waiting
    await moving.sweep()
    assert measures.OWNERLESS._value.get() == 0


async def test_a_referral_is_accepted_by_one_of_two_people_and_the_other_is_told(house):
    sent = await refer(house)
    path = f"/referrals/{sent['referral_id']}/accept"
    async with house.client(PODIATRY) as one, house.client(PODIATRY) as other:
        answers = await asyncio.gather(one.post(path), other.post(path))

    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize("away", ["declines", "is-not-needed"])
async def test_a_contact_whose_team_is_not_part_of_it_any_more_is_missing_again(house, away):
    """Who reads a name on their page rings it."""
    left = discharged(EDNA)
    handover_id = await house.open(left)
    said = {"team": PHARMACY, "name": "Ola Reed", "phone": "01632 960150"}
    async with house.client(PHARMACY) as pharmacy:
        await pharmacy.post(f"/handovers/{handover_id}/coordinator", json=said)
        if away == "declines":
            offer = await house.offer_to(PHARMACY)
            await pharmacy.post(f"/offers/{offer}/decline", json={"reason": "not-our-patient"})
        else:
            await house.hear(corrected(left, pharmacy=None))

    assert await house.pool.fetchval("SELECT coordinator_state FROM handovers") == "missing"
    assert (await house.said(CoordinatorNamed))[-1].state == "missing"
    await house.pool.execute(
        "UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'coordinator.missing'"
    )
    await house.ring()
    assert (await house.task("coordinator-missing"))["owner_team"] == WARD


async def test_a_task_of_a_colleague_who_has_left_is_taken_over(house):
    await house.open()
    task = (await house.task("R01"))["task_id"]
    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{task}/reassign", json={"person": "staff.who-has-left"})
        refused = await ward.post(f"/tasks/{task}/claim")
        taken = await ward.post(f"/tasks/{task}/claim", json={"take_over": True})

    assert (refused.status_code, taken.status_code) == (409, 200)
