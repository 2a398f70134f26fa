"""A discharge that did not happen: everything it set off is called off, and everyone who knew of it must say so."""

from datetime import timedelta

import asyncpg
import pytest

from schemas.alert import AlertOvertaken
from schemas.handover import HandoverOpened, HandoverWithdrawn
from schemas.task import TaskAdded
from services.chassis.ids import new_id
from services.referral.usecases import measures
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    PHARMACY,
    WARD,
    acknowledged,
    cancelled,
    discharged,
    key_of,
    sent,
)


async def ring_notices(house) -> None:
    await house.pool.execute(
        "UPDATE timers SET due_at = clock_timestamp() - interval '1 minute' WHERE kind = 'withdrawal.unread'"
    )
    await house.ring()


async def test_a_cancelled_discharge_calls_off_accepted_and_running_work_too(house):
    """S02."""
    event = discharged()
    handover_id = await house.open(event)
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
        await practice.post(f"/tasks/{(await house.task('R06'))['task_id']}/start")

    await house.hear(cancelled(event))

    [withdrawn] = await house.said(HandoverWithdrawn)
    assert (withdrawn.handover_id, withdrawn.reason) == (handover_id, "discharge-cancelled")
    rows = await house.pool.fetch("SELECT DISTINCT status, status_reason FROM tasks")
    assert [tuple(row) for row in rows] == [("cancelled", "discharge-cancelled")]
    rows = await house.pool.fetch("SELECT DISTINCT state FROM offers")
    assert [row["state"] for row in rows] == ["withdrawn"]
    waiting = "SELECT count(*) FROM timers WHERE kind = 'task.deadline' AND cancelled_at IS NULL"
    assert await house.pool.fetchval(waiting) == 0


async def test_hearing_of_it_again_changes_nothing(house):
    event = discharged()
    await house.open(event)

    await house.hear(cancelled(event))
    await house.hear(cancelled(event), cancelled(event))

    assert len(await house.said(HandoverWithdrawn)) == 1


async def test_a_completed_handover_is_withdrawn_so_that_everyone_is_told(house):
    event = discharged(pharmacy=None, indicators=())
    handover_id = await house.open(event)
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
        for task in await house.pool.fetch("SELECT task_id FROM tasks"):
            await anybody.post(f"/tasks/{task['task_id']}/complete")
        await anybody.post(f"/handovers/{handover_id}/complete")

    await house.hear(cancelled(event))

    assert len(await house.said(HandoverWithdrawn)) == 1
    assert await house.pool.fetchval("SELECT DISTINCT status FROM tasks") == "completed"


async def test_the_next_discharge_of_the_stay_opens_a_handover_that_replaces_the_first(house):
    """S02: new tasks, new clocks."""
    event = discharged()
    first = await house.open(event)
    await house.hear(cancelled(event))
    again = event.model_copy(update={"discharged_at": event.discharged_at + timedelta(days=2)})

    await house.hear(again)

    _, second = await house.said(HandoverOpened)
    assert (second.replaces, second.clock_started_at) == (first, again.discharged_at)
    [due_at] = [task.due_at for task in second.tasks if task.rule_id == "R01"]
    assert due_at == again.discharged_at + timedelta(hours=24)
    assert await house.pool.fetchval("SELECT count(*) FROM tasks WHERE closed_at IS NULL") == 4
    ward = await house.visitor("staff-ward")
    old = await ward.get(f"/worklist/handovers/{first}")
    new = await ward.get(f"/worklist/handovers/{second.handover_id}")
    assert "Withdrawn: discharge cancelled" in old.text
    assert f'href="/worklist/handovers/{second.handover_id}"' in old.text
    assert f'href="/worklist/handovers/{first}"' in new.text


async def test_discharged_cancelled_and_discharged_again_in_one_batch_is_taken_in_order(house):
    event = discharged()

    await house.hear(event, cancelled(event), event, cancelled(event), event)

    states = await house.pool.fetch("SELECT state FROM handovers ORDER BY handover_id")
    assert [row["state"] for row in states] == ["withdrawn", "withdrawn", "open"]
    assert [one.replaces is None for one in await house.said(HandoverOpened)] == [
        True,
        False,
        False,
    ]


async def test_a_stay_has_at_most_one_open_handover(house):
    await house.open()

    with pytest.raises(asyncpg.UniqueViolationError, match="one_open_handover_of_a_spell"):
        await house.pool.execute(
            """
            INSERT INTO handovers (handover_id, spell_id, patient_key, sender, sender_team, owner_team, owned_since,
                owned_by, clock_started_at, opened_at, said, correlation_id, test_patient)
            SELECT gen_random_uuid(), spell_id, patient_key, sender, sender_team, owner_team, owned_since, owned_by,
                clock_started_at, opened_at, said, correlation_id, test_patient FROM handovers
            """
        )


async def test_a_cancelled_discharge_that_opened_nothing_is_forgotten(house):
    event = discharged(encounter_class="AMB")
    await house.hear(event)

    await house.hear(cancelled(event))

    assert await house.pool.fetchval("SELECT count(*) FROM not_opened") == 0
    assert await house.said() == []


async def test_a_team_that_does_not_say_that_it_knows_becomes_the_wards_task(house):
    """S02: after the close of the team's next working day."""
    event = discharged()
    handover_id = await house.open(event)
    await house.hear(sent(handover_id, ELM_TREE), sent(handover_id, PHARMACY))
    await house.hear(cancelled(event))
    await house.hear(acknowledged(handover_id, PHARMACY))

    await ring_notices(house)
    await ring_notices(house)

    [added] = await house.said(TaskAdded)
    assert (added.task.code, added.task.owner_team) == ("tell-to-stop", WARD)
    told = "SELECT team FROM history WHERE what = 'withdrawal.unread'"
    assert await house.pool.fetchval(told) == ELM_TREE, "nobody had told the community team"
    assert await house.pool.fetchval("SELECT count(*) FROM stop_notices WHERE team = $1", COMMUNITY)


async def test_what_a_team_had_seen_before_the_withdrawal_is_no_answer_to_it(house):
    event = discharged()
    handover_id = await house.open(event)
    await house.hear(sent(handover_id, ELM_TREE), acknowledged(handover_id, ELM_TREE))

    await house.hear(cancelled(event))
    await ring_notices(house)

    assert len(await house.said(TaskAdded)) == 1


async def test_what_the_patient_was_told_and_is_not_true_any_more_is_explained_in_person(house):
    """S02, variant."""
    event = discharged()
    handover_id = await house.open(event)
    await house.hear(cancelled(event))
    overtaken = AlertOvertaken(
        patient_key=key_of(EDNA),
        alert_id=new_id(),
        handover_id=handover_id,
        audience="patient",
        reason="handover-withdrawn",
        sent_at=event.discharged_at,
        decided_at=event.discharged_at,
    )

    await house.hear(overtaken)

    [added] = await house.said(TaskAdded)
    assert (added.task.code, added.task.owner_team) == ("explain-in-person", WARD)
    ward = await house.visitor("staff-ward")
    worklist = (await ward.get("/")).text
    assert "Explain to the patient what changed" in worklist
    assert "Send the discharge summary" not in worklist


async def test_withdrawn_is_counted_as_withdrawn_and_not_as_late(house):
    event = discharged()
    await house.open(event)
    before = measures.WITHDRAWN["discharge-cancelled"]._value.get()

    await house.hear(cancelled(event))
    await house.let_deadlines_pass()
    await house.ring()
    await house.sweep()

    assert measures.WITHDRAWN["discharge-cancelled"]._value.get() == before + 1
    assert measures.OPEN["late_tasks"]._value.get() == 0
    assert measures.OWNERLESS._value.get() == measures.TIMERLESS._value.get() == 0
