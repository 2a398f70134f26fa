"""A discharge that the hospital corrects: what depends on the change changes, and nothing else."""

from datetime import timedelta

from schemas.handover import HandoverOpened, HandoverReplanned
from schemas.spell import Coding
from services.referral.usecases import measures
from tests.integration.referral.conftest import (
    COMMUNITY,
    ELM_TREE,
    HARBOUR,
    WARD,
    corrected,
    discharged,
)

ASTHMA = (Coding(system="http://snomed.info/sct", code="708038006"),)


async def test_a_corrected_time_moves_deadlines_and_their_timers(house):
    event = discharged()
    handover_id = await house.open(event)
    async with house.client(COMMUNITY) as community:
        await community.post(f"/offers/{await house.offer_to(COMMUNITY)}/accept")
    earlier = event.discharged_at - timedelta(hours=5)

    await house.hear(corrected(event, discharged_at=earlier))

    [said] = await house.said(HandoverReplanned)
    assert {task.rule_id for task in said.tasks} == {"R01", "R14"}
    assert (await house.task("R01"))["due_at"] == earlier + timedelta(hours=24)
    assert (await house.task("R14"))["owner_team"] == COMMUNITY
    timers = (
        "SELECT subject, due_at FROM timers WHERE cancelled_at IS NULL AND kind = 'task.deadline'"
    )
    tasks = "SELECT task_id, rings_at FROM tasks"
    assert {tuple(row) for row in await house.pool.fetch(timers)} == {
        tuple(row) for row in await house.pool.fetch(tasks)
    }
    assert await house.pool.fetchval("SELECT clock_started_at FROM handovers") == earlier
    ward = await house.visitor("staff-ward")
    page = (await ward.get(f"/worklist/handovers/{handover_id}")).text
    assert "The deadline changed: Send the discharge summary" in page
    assert "The hospital corrected the discharge" in page


async def test_an_escalated_task_with_a_later_deadline_waits_again(house):
    event = discharged(discharged_at=discharged().discharged_at - timedelta(hours=30))
    await house.open(event)
    await house.ring()
    assert (await house.task("R01"))["escalation_step"] == 1

    await house.hear(corrected(event, discharged_at=event.discharged_at + timedelta(hours=20)))
    await house.sweep()

    task = await house.task("R01")
    assert (task["escalation_step"], task["told_teams"]) == (0, [])
    assert measures.TIMERLESS._value.get() == 0


async def test_a_late_diagnosis_asks_for_a_review_in_the_same_offer(house):
    event = discharged()
    await house.open(event)

    await house.hear(corrected(event, diagnoses=ASTHMA))

    task = await house.task("R26")
    assert (task["offer_id"], task["owner_team"]) == (await house.offer_to(ELM_TREE), WARD)
    assert await house.pool.fetchval("SELECT count(*) FROM offers") == 3
    assert await house.pool.fetchval(
        "SELECT due_at = (SELECT min(due_at) FROM tasks t WHERE t.offer_id = o.offer_id) FROM offers o WHERE team = $1",
        ELM_TREE,
    )


async def test_another_practice_gets_the_offer_of_one_that_had_not_answered(house):
    event = discharged()
    await house.open(event)

    await house.hear(corrected(event, practice="Z90002"))

    async with house.client(HARBOUR) as harbour, house.client(ELM_TREE) as elm_tree:
        asked = (await harbour.get("/offers", params={"state": "offered"})).json()["items"]
        late = await elm_tree.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
        taken = await harbour.post(f"/offers/{asked[0]['offer_id']}/accept")
    assert (len(asked), late.status_code, taken.status_code) == (1, 409, 200)
    [said] = await house.said(HandoverReplanned)
    assert ([offer.team for offer in said.offers], len(said.cancelled)) == ([HARBOUR], 1)


async def test_a_practice_can_be_asked_back_again(house):
    event = discharged()
    await house.open(event)

    await house.hear(corrected(event, practice="Z90002"), corrected(event, practice="Z90001"))

    waiting = await house.pool.fetch(
        "SELECT team FROM offers WHERE state = 'offered' AND team LIKE 'practice-%'"
    )
    assert [row["team"] for row in waiting] == [ELM_TREE]


async def test_what_has_no_reason_any_more_is_called_off_for_the_team_that_accepted_it(house):
    event = discharged(diagnoses=ASTHMA)
    await house.open(event)
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")

    await house.hear(corrected(event, diagnoses=()))

    task = await house.task("R26")
    assert (task["status"], task["status_reason"]) == ("cancelled", "discharge-corrected")
    assert (await house.task("R06"))["status"] == "accepted"


async def test_a_correction_opens_what_the_discharge_alone_did_not(house):
    event = discharged(encounter_class="AMB")
    await house.hear(event)

    await house.hear(corrected(event, encounter_class="IMP"))

    assert len(await house.said(HandoverOpened)) == 1
    assert await house.pool.fetchval("SELECT count(*) FROM not_opened") == 0


async def test_a_correction_that_changes_nothing_says_nothing(house):
    event = discharged()
    await house.open(event)

    await house.hear(corrected(event, ward="Ward 9"))

    assert await house.said(HandoverReplanned) == []
    assert await house.parked() == []


async def test_corrected_to_a_death_the_ward_tells_the_practice_and_nobody_else_acts(house):
    """S04 (a), heard in two messages."""
    event = discharged()
    await house.open(event)

    await house.hear(corrected(event, discharge_method="4", discharge_destination="79"))

    rows = await house.pool.fetch("SELECT rule_id FROM tasks WHERE closed_at IS NULL")
    assert [row["rule_id"] for row in rows] == ["R25"]
    await house.sweep()
    assert measures.OWNERLESS._value.get() == measures.TIMERLESS._value.get() == 0
