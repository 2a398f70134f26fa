"""Silence escalates, what reached nobody becomes a task, and the sweep proves that nothing is forgotten."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

from schemas.alert import AlertAcknowledged, AlertSent
from schemas.task import TaskAdded, TaskEscalated
from services.chassis.ids import new_id
from services.referral.domain.calendars import BankHolidays
from services.referral.usecases import measures
from services.referral.usecases.keep_watch import check_calendar
from tests.integration.referral.conftest import (
    EDNA,
    ELM_TREE,
    PHARMACY,
    SAFETY,
    WARD,
    key_of,
    not_delivered,
)


async def test_a_passed_deadline_tells_the_owner_and_the_safety_lead_and_closes_nothing(house):
    await house.open()
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
    await house.let_deadlines_pass()

    assert await house.ring() == 4

    told = {fact.code: fact.told_teams for fact in await house.said(TaskEscalated)}
    assert told["gp-medicines-reconciliation"] == (ELM_TREE, SAFETY)
    assert told["dms-stage-1"] == (WARD, PHARMACY, SAFETY)
    assert len(told) == 4
    assert await house.pool.fetchval("SELECT count(*) FROM tasks WHERE closed_at IS NULL") == 4


async def test_a_deadline_that_rings_twice_escalates_once(house):
    await house.open()
    await house.let_deadlines_pass()
    await house.ring()

    await house.pool.execute("UPDATE timers SET rung_at = NULL, due_at = clock_timestamp()")
    await house.ring()

    assert len(await house.said(TaskEscalated)) == 4
    assert await house.pool.fetchval("SELECT max(escalation_step) FROM tasks") == 1


async def test_two_processes_that_ring_together_escalate_once(house):
    await house.open()
    await house.let_deadlines_pass()

    await asyncio.gather(house.ring(), house.ring())

    assert len(await house.said(TaskEscalated)) == 4
    sequences = await house.pool.fetch("SELECT sequence FROM outbox ORDER BY sequence")
    assert [row["sequence"] for row in sequences] == [1, 2, 3, 4, 5]


async def test_a_task_that_is_done_in_time_is_not_escalated(house):
    await house.open()
    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{(await house.task('R01'))['task_id']}/complete")
    await house.let_deadlines_pass()

    await house.ring()

    escalated = {fact.code for fact in await house.said(TaskEscalated)}
    assert "send-discharge-summary" not in escalated
    assert len(escalated) == 3


async def test_whom_silence_was_told_to_can_see_it(house):
    handover_id = await house.open()
    async with house.client(SAFETY) as safety:
        before = await safety.get(f"/handovers/{handover_id}")
        await house.let_deadlines_pass()
        await house.ring()
        after = await safety.get(f"/handovers/{handover_id}")
        tasks = (await safety.get("/tasks")).json()["items"]

    assert (before.status_code, after.status_code) == (404, 200)
    assert len(tasks) == 4
    assert all(task["late"] for task in tasks)


async def test_a_message_that_reached_nobody_becomes_one_task(house):
    handover_id = await house.open()
    alert = not_delivered(handover_id)
    arrival = house.arrival(alert)

    await house.take([arrival])
    await house.take([house.again(arrival)])
    await house.hear(alert)

    task = await house.task("undelivered")
    assert (task["code"], task["owner_team"], task["alert_id"]) == (
        "reach-person",
        WARD,
        alert.alert_id,
    )
    [added] = await house.said(TaskAdded)
    assert added.task.rule_id == "undelivered"
    asked = "SELECT count(*) FROM timers WHERE kind = 'task.deadline'"
    assert await house.pool.fetchval(asked) == 5


async def test_several_messages_of_one_handover_count_on_in_its_stream(house):
    handover_id = await house.open()

    await house.hear(*(not_delivered(handover_id) for _ in range(3)))

    assert len(await house.said(TaskAdded)) == 3
    sequences = await house.pool.fetch("SELECT sequence FROM outbox ORDER BY event_id")
    assert [row["sequence"] for row in sequences] == [1, 2, 3, 4]
    assert await house.pool.fetchval("SELECT said FROM handovers") == 4


async def test_where_silence_is_right_nobody_gets_a_task(house):
    handover_id = await house.open()

    await house.hear(not_delivered(handover_id, needs_person=False))

    assert await house.said(TaskAdded) == []
    assert await house.pool.fetchval("SELECT what FROM history") == "alert.not_delivered"


async def test_whom_the_withdrawal_did_not_reach_a_person_must_reach(house):
    handover_id = await house.open()
    async with house.client(WARD) as ward:
        await ward.post(f"/handovers/{handover_id}/withdraw", json={"reason": "readmitted"})
        await house.hear(not_delivered(handover_id, audience="team", team=ELM_TREE))
        task = await house.task("undelivered")
        done = await ward.post(f"/tasks/{task['task_id']}/complete", json={"reason": "Rang them"})

    assert len(await house.said(TaskAdded)) == 1
    assert done.status_code == 200
    await house.sweep()
    assert measures.TIMERLESS._value.get() == 0


async def test_a_coordinator_whom_no_mail_reaches_is_not_asked_for_ever(house):
    handover_id = await house.open()

    for _ in range(3):
        await house.hear(not_delivered(handover_id, audience="team", team=WARD))

    assert len(await house.said(TaskAdded)) == 1


async def test_an_alert_about_a_handover_that_nobody_knows_is_put_before_a_person(house):
    handover_id = await house.open()

    await house.hear(not_delivered(new_id()), not_delivered(handover_id))

    assert await house.parked() == ["poison", "behind"]


async def test_who_was_told_and_who_saw_it_is_remembered(house):
    handover_id = await house.open()
    told = {"patient_key": key_of(EDNA), "alert_id": new_id(), "handover_id": handover_id}
    now = datetime.now(UTC)

    await house.hear(
        AlertSent(**told, audience="team", team=PHARMACY, channel="email", sent_at=now),
        AlertAcknowledged(
            **told, team=PHARMACY, acknowledged_at=now, acknowledged_by="staff-pharmacy"
        ),
    )

    async with house.client(PHARMACY) as pharmacy:
        history = (await pharmacy.get(f"/handovers/{handover_id}")).json()["history"]
    assert [(entry["what"], entry["team"]) for entry in history] == [
        ("alert.acknowledged", PHARMACY),
        ("alert.sent", PHARMACY),
    ]


async def test_a_lost_timer_is_set_again(house):
    """Of tasks, and of the coordinator that a handover to three teams misses."""
    handover_id = await house.open()
    await house.pool.execute("DELETE FROM timers")

    await house.sweep()

    assert measures.TIMERLESS._value.get() == 5
    waiting = await house.pool.fetch("SELECT subject, due_at FROM timers")
    tasks = await house.pool.fetch("SELECT task_id, rings_at FROM tasks")
    coordinator = await house.pool.fetchrow(
        "SELECT handover_id, opened_at + interval '24 hours' FROM handovers"
    )
    assert {tuple(row) for row in waiting} == {tuple(row) for row in (*tasks, coordinator)}
    assert coordinator["handover_id"] == handover_id
    await house.sweep()
    assert measures.TIMERLESS._value.get() == 0


async def test_the_sweep_finds_no_fault_in_a_busy_handover(house):
    handover_id = await house.open()
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
        await anybody.post(
            f"/offers/{await house.offer_to(PHARMACY)}/decline", json={"reason": "out-of-area"}
        )
    await house.hear(not_delivered(handover_id))
    await house.let_deadlines_pass()
    await house.ring()

    await house.sweep()

    assert measures.OWNERLESS._value.get() == 0
    assert measures.TIMERLESS._value.get() == 0
    assert measures.OPEN["late_tasks"]._value.get() == 5


async def test_an_owner_that_left_the_directory_is_noticed(house):
    await house.open()
    directory = house.playbook.directory
    teams = [team for team in directory.teams.values() if team.id != WARD]
    without = type(directory).of(teams, directory.last_resort.id)

    await replace(house, playbook=replace(house.playbook, directory=without)).sweep()

    assert measures.OWNERLESS._value.get() == 5


async def test_a_calendar_that_ends_within_a_year_is_alarming(house, caplog):
    short = BankHolidays(house.playbook.holidays.days, until=date(2027, 6, 30))
    playbook = replace(house.playbook, holidays=short)

    days_left = check_calendar(playbook, datetime(2026, 11, 24, tzinfo=UTC))

    assert days_left == 218
    assert measures.CALENDAR_DAYS._value.get() == 218
