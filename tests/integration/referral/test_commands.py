"""Work on tasks and the end of a handover, for other programs."""

from uuid import UUID, uuid4

import pytest

from schemas.handover import HandoverCompleted, HandoverWithdrawn
from schemas.task import TaskAdded, TaskChanged
from tests.integration.referral.conftest import COMMUNITY, ELM_TREE, HARBOUR, WARD


async def ward_task(house) -> UUID:
    await house.open()
    return (await house.task("R01"))["task_id"]


async def test_a_task_is_started_and_completed(house):
    task_id = await ward_task(house)

    async with house.client(WARD) as ward:
        started = await ward.post(f"/tasks/{task_id}/start")
        completed = await ward.post(f"/tasks/{task_id}/complete", json={"reason": "Sent at noon"})

    assert started.json()["status"] == "in-progress"
    assert completed.json()["status"] == "completed"
    task = await house.task("R01")
    assert (task["status"], task["status_reason"]) == ("completed", "Sent at noon")
    changes = await house.said(TaskChanged)
    assert [change.status for change in changes] == ["in-progress", "completed"]


async def test_what_people_write_stays_off_the_wire(house):
    task_id = await ward_task(house)

    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{task_id}/note", json={"text": "Edna Hartley did not answer"})
        await ward.post(f"/tasks/{task_id}/fail", json={"reason": "Edna Hartley has moved"})

    bodies = await house.pool.fetch("SELECT body FROM outbox")
    assert not any(b"Hartley" in row["body"] for row in bodies)
    kept = await house.pool.fetch("SELECT body FROM idempotent_requests")
    assert not any(b"Hartley" in row["body"] for row in kept)


async def test_a_closed_task_rings_no_more(house):
    task_id = await ward_task(house)

    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{task_id}/complete")

    waiting = await house.pool.fetch(
        "SELECT subject FROM timers WHERE cancelled_at IS NULL AND kind = 'task.deadline'"
    )
    assert task_id not in {row["subject"] for row in waiting}
    assert len(waiting) == 3


async def test_a_repeated_command_acts_once_and_is_answered_the_same(house):
    task_id = await ward_task(house)
    key = {"Idempotency-Key": str(uuid4())}

    async with house.client(WARD, **key) as ward:
        first = await ward.post(f"/tasks/{task_id}/complete")
        second = await ward.post(f"/tasks/{task_id}/complete")

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(await house.said(TaskChanged)) == 1


async def test_without_a_key_a_task_is_not_completed_twice(house):
    task_id = await ward_task(house)

    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{task_id}/complete")
        again = await ward.post(f"/tasks/{task_id}/complete")

    assert (again.status_code, again.json()["code"]) == (409, "task.move_not_allowed")
    assert again.headers["content-type"] == "application/problem+json"


async def test_a_failed_task_leaves_a_follow_on_for_the_coordinator(house):
    await house.open()
    offer_id = await house.offer_to(ELM_TREE)
    task_id = (await house.task("R06"))["task_id"]

    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{offer_id}/accept")
        failed = await practice.post(
            f"/tasks/{task_id}/fail", json={"reason": "Moved away yesterday"}
        )

    follow_on = await house.task("follow-on")
    assert failed.json()["follow_on_task_id"] == str(follow_on["task_id"])
    assert (follow_on["owner_team"], follow_on["follows"]) == (WARD, task_id)
    [added] = await house.said(TaskAdded)
    assert (added.task.code, added.task.owner_team) == ("decide-after-failure", WARD)
    timers = await house.pool.fetch(
        "SELECT due_at FROM timers WHERE subject = $1", follow_on["task_id"]
    )
    assert [row["due_at"] for row in timers] == [follow_on["rings_at"]]


async def test_a_failure_without_a_reason_is_refused(house):
    task_id = await ward_task(house)

    async with house.client(WARD) as ward:
        answer = await ward.post(f"/tasks/{task_id}/fail", json={"reason": "  "})

    assert (answer.status_code, answer.json()["code"]) == (400, "task.reason_missing")


async def test_what_is_on_offer_is_nobodys_to_do_yet(house):
    await house.open()
    task_id = (await house.task("R06"))["task_id"]

    async with house.client(WARD) as ward, house.client(ELM_TREE) as practice:
        by_sender = await ward.post(f"/tasks/{task_id}/start")
        by_receiver = await practice.post(f"/tasks/{task_id}/start")

    assert (by_sender.status_code, by_sender.json()["code"]) == (409, "task.offer_not_accepted")
    assert (by_receiver.status_code, by_receiver.json()["code"]) == (403, "task.not_yours")


async def test_a_withdrawal_calls_everything_off_and_nothing_is_accepted_after_it(house):
    handover_id = await house.open()
    offer_id = await house.offer_to(ELM_TREE)
    async with house.client(COMMUNITY) as community:
        await community.post(f"/offers/{await house.offer_to(COMMUNITY)}/accept")

    async with house.client(WARD) as ward, house.client(ELM_TREE) as practice:
        answer = await ward.post(
            f"/handovers/{handover_id}/withdraw", json={"reason": "discharge-cancelled"}
        )
        late = await practice.post(f"/offers/{offer_id}/accept")

    assert answer.status_code == 200
    assert (late.status_code, late.json()["code"]) == (409, "handover.withdrawn")
    statuses = await house.pool.fetch("SELECT DISTINCT status, status_reason FROM tasks")
    assert [tuple(row) for row in statuses] == [("cancelled", "discharge-cancelled")]
    states = await house.pool.fetch("SELECT DISTINCT state FROM offers")
    assert [row["state"] for row in states] == ["withdrawn"]
    assert not await house.pool.fetchval(
        "SELECT count(*) FROM timers WHERE kind = 'task.deadline' AND cancelled_at IS NULL"
    )
    [withdrawn] = await house.said(HandoverWithdrawn)
    assert withdrawn.reason == "discharge-cancelled"


async def do_what_is_asked(house, anybody) -> None:
    """Everything that is open now; the first stage of the medicines service asks for the next one."""
    for offer in await house.pool.fetch("SELECT offer_id FROM offers WHERE state = 'offered'"):
        await anybody.post(f"/offers/{offer['offer_id']}/accept")
    for task in await house.pool.fetch("SELECT task_id FROM tasks WHERE closed_at IS NULL"):
        done = await anybody.post(f"/tasks/{task['task_id']}/complete", json={"reason": "Done"})
        assert done.status_code == 200, done.text


async def test_a_handover_is_completed_when_nothing_in_it_is_open(house):
    handover_id = await house.open()

    async with house.client() as anybody:
        early = await anybody.post(f"/handovers/{handover_id}/complete")
        while await house.pool.fetchval("SELECT count(*) FROM tasks WHERE closed_at IS NULL"):
            await do_what_is_asked(house, anybody)
        answer = await anybody.post(f"/handovers/{handover_id}/complete")

    assert (early.status_code, early.json()["code"]) == (422, "handover.tasks_still_open")
    assert answer.json()["state"] == "completed"
    assert len(await house.said(HandoverCompleted)) == 1


@pytest.mark.parametrize("team", [HARBOUR, "safety-ZTA"])
async def test_a_team_that_has_no_part_in_it_does_not_learn_that_it_exists(house, team):
    handover_id = await house.open()
    offer_id, task_id = await house.offer_to(ELM_TREE), (await house.task("R01"))["task_id"]
    asked = [
        ("GET", f"/handovers/{handover_id}", None),
        ("POST", f"/handovers/{handover_id}/withdraw", {"reason": "deceased"}),
        ("POST", f"/handovers/{handover_id}/complete", None),
        ("POST", f"/offers/{offer_id}/accept", None),
        ("POST", f"/offers/{offer_id}/decline", {"reason": "no-capacity"}),
        ("POST", f"/tasks/{task_id}/start", None),
        ("POST", f"/tasks/{task_id}/note", {"text": "Hello"}),
    ]

    async with house.client(team) as stranger:
        answers = [await stranger.request(verb, path, json=body) for verb, path, body in asked]
        unknown = await stranger.post(f"/tasks/{uuid4()}/start")

    assert [answer.status_code for answer in answers] == [404] * len(asked)
    assert answers[-1].json()["code"] == unknown.json()["code"] == "task.not_found"


async def test_a_party_that_does_not_coordinate_closes_nothing(house):
    handover_id = await house.open()

    async with house.client(ELM_TREE) as practice:
        answer = await practice.post(
            f"/handovers/{handover_id}/withdraw", json={"reason": "deceased"}
        )

    assert (answer.status_code, answer.json()["code"]) == (403, "handover.not_the_coordinator")


@pytest.mark.parametrize("who", ["operators", "hospital"])
async def test_only_members_of_teams_act(house, who):
    task_id = await ward_task(house)

    async with house.client(who) as other, house.client("nobody") as nobody:
        by_other = await other.post(f"/tasks/{task_id}/start")
        by_nobody = await nobody.post(f"/tasks/{task_id}/start")

    assert (by_other.status_code, by_nobody.status_code) == (403, 401)
