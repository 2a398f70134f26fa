"""Passing work on over real tables: one accountable owner at every instant, and both sides see it."""

from uuid import UUID

from schemas.alert import ReplyReceived
from schemas.document import DocumentAnswered
from schemas.handover import CoordinatorNamed, HandoverReopened
from schemas.offer import OfferMadeLater, OfferRedirected, OfferUnanswered
from schemas.task import TaskAdded, TaskChanged, TaskClaimed, TaskWarned
from services.referral.usecases import measures
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    HARBOUR,
    PHARMACY,
    PLACE,
    SAFETY,
    WARD,
    discharged,
    key_of,
)

WRONG = {"team": HARBOUR, "reason": "wrong-service"}


async def owners(house, task_id: UUID) -> list[str]:
    """Who was accountable, one after the other."""
    rows = await house.pool.fetch(
        "SELECT team FROM ownership WHERE subject = $1 ORDER BY since", task_id
    )
    return [row["team"] for row in rows]


async def redirected(house, **body: str) -> tuple[UUID, UUID]:
    """Elm Tree passes on what it was asked, to Harbour: the task, and the offer made."""
    await house.open()
    offer_id, task = await house.offer_to(ELM_TREE), await house.task("R06")
    async with house.client(ELM_TREE) as practice:
        answer = await practice.post(f"/offers/{offer_id}/redirect", json=WRONG | body)
    assert answer.status_code == 200, answer.text
    return task["task_id"], UUID(answer.json()["offer_id"])


async def test_an_offer_is_passed_on_in_one_act_with_its_clock(house):
    task_id, made = await redirected(house)

    before = await house.task("R06")
    assert (before["owner_team"], before["status"], before["offer_id"]) == (
        ELM_TREE,
        "requested",
        made,
    )
    [event] = await house.said(OfferRedirected)
    assert (event.team, event.offer.team, event.offer.redirect_count) == (ELM_TREE, HARBOUR, 1)
    assert event.tasks == (task_id,)
    state = await house.pool.fetchrow(
        "SELECT state, answered_because FROM offers WHERE offer_id = $1", event.offer_id
    )
    assert tuple(state) == ("redirected", "wrong-service")

    async with house.client(HARBOUR) as harbour:
        assert (await harbour.post(f"/offers/{made}/accept")).status_code == 200
    after = await house.task("R06")
    assert (after["owner_team"], after["status"]) == (HARBOUR, "accepted")
    assert (after["due_at"], after["anchored_at"]) == (before["due_at"], before["anchored_at"])
    assert await owners(house, task_id) == [WARD, ELM_TREE, HARBOUR]
    await house.sweep()
    assert measures.OWNERLESS._value.get() == 0
    assert measures.TIMERLESS._value.get() == 0


async def test_declined_it_goes_back_to_who_passed_it_on(house):
    task_id, made = await redirected(house)

    async with house.client(HARBOUR) as harbour:
        await harbour.post(f"/offers/{made}/decline", json={"reason": "not-our-patient"})

    task = await house.task("R06")
    assert (task["owner_team"], task["status"]) == (ELM_TREE, "accepted")
    assert await owners(house, task_id) == [WARD, ELM_TREE]


async def test_the_third_time_a_clinical_lead_decides(house):
    _, made = await redirected(house)
    async with house.client() as anybody:
        again = await anybody.post(
            f"/offers/{made}/redirect", json=WRONG | {"team": "practice-Z90004"}
        )
    second = again.json()["offer_id"]
    third = WRONG | {"team": "practice-Z90005"}

    async with house.client("practice-Z90004") as practice:
        refused = await practice.post(f"/offers/{second}/redirect", json=third)
        refused_again = await practice.post(f"/offers/{second}/redirect", json=third)

    assert (refused.status_code, refused.json()["code"]) == (409, "offer.redirected_too_often")
    assert refused_again.status_code == 409
    assert await house.pool.fetchval(
        "SELECT team FROM offers WHERE state = 'offered' AND offer_id = $1", UUID(second)
    )
    decide = await house.pool.fetch("SELECT owner_team FROM tasks WHERE code = 'decide-where'")
    assert [row["owner_team"] for row in decide] == ["clinical-lead-ZTA"]
    async with house.client("clinical-lead-ZTA") as lead:
        decided = await lead.post(f"/offers/{second}/redirect", json=third)
    assert decided.status_code == 200, decided.text


async def test_an_unknown_team_is_refused_and_nothing_moves(house):
    await house.open()
    offer_id = await house.offer_to(ELM_TREE)

    async with house.client(ELM_TREE) as practice:
        nobody = await practice.post(f"/offers/{offer_id}/redirect", json=WRONG | {"team": "x-1"})
        no_reason = await practice.post(
            f"/offers/{offer_id}/redirect", json=WRONG | {"reason": "x"}
        )

    assert (nobody.status_code, nobody.json()["code"]) == (422, "team.unknown")
    assert (no_reason.status_code, no_reason.json()["code"]) == (400, "offer.reason_unknown")
    assert await house.said(OfferRedirected) == []


async def test_nobody_answers_in_time_and_both_sides_learn_of_it_once(house):
    _, made = await redirected(house)
    await house.pool.execute(
        "UPDATE offers SET accept_by = clock_timestamp() - interval '1 minute' WHERE offer_id = $1",
        made,
    )
    await house.pool.execute(
        "UPDATE timers SET due_at = clock_timestamp() - interval '1 minute' WHERE kind = 'offer.unanswered'"
    )

    await house.ring()
    await house.pool.execute("UPDATE timers SET rung_at = NULL WHERE kind = 'offer.unanswered'")
    await house.ring()

    [event] = await house.said(OfferUnanswered)
    assert (event.team, event.owner_team) == (HARBOUR, ELM_TREE)
    assert {ELM_TREE, HARBOUR, WARD} <= set(event.told_teams)
    assert await house.pool.fetchval("SELECT state FROM offers WHERE offer_id = $1", made) == (
        "offered"
    )


async def test_a_task_is_handed_on_and_stays_until_it_is_accepted(house):
    await house.open()
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")
        task = await house.task("R06")
        handed = await practice.post(
            f"/tasks/{task['task_id']}/hand-on", json={"team": HARBOUR, "reason": "handed-on"}
        )

    assert handed.status_code == 200, handed.text
    [event] = await house.said(OfferMadeLater)
    assert (event.owner_team, event.offer.team) == (ELM_TREE, HARBOUR)
    assert (await house.task("R06"))["owner_team"] == ELM_TREE
    async with house.client(HARBOUR) as harbour:
        await harbour.post(f"/offers/{event.offer.offer_id}/accept")
    assert (await house.task("R06"))["owner_team"] == HARBOUR


async def test_a_person_takes_a_task_and_a_colleague_asks_before_taking_over(house):
    await house.open()
    task_id = (await house.task("R01"))["task_id"]

    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{task_id}/reassign", json={"person": "staff.colleague"})
        refused = await ward.post(f"/tasks/{task_id}/claim")
        taken = await ward.post(f"/tasks/{task_id}/claim", json={"take_over": True})
        back = await ward.post(f"/tasks/{task_id}/put-back")

    assert (refused.status_code, refused.json()["code"]) == (409, "task.taken")
    assert taken.json()["person"]
    assert back.json()["person"] == ""
    assert [bool(event.person) for event in await house.said(TaskClaimed)] == [True, True, False]


async def test_what_was_closed_is_taken_up_again_in_a_completed_handover(house):
    handover_id = await house.open(discharged(practice=None, pharmacy=None, indicators=()))
    async with house.client() as anybody:
        for row in await house.pool.fetch("SELECT offer_id FROM offers"):
            await anybody.post(f"/offers/{row['offer_id']}/accept")
        for row in await house.pool.fetch("SELECT task_id FROM tasks"):
            await anybody.post(f"/tasks/{row['task_id']}/complete", json={"reason": "Done"})
        await anybody.post(f"/handovers/{handover_id}/complete")
        old = await house.task("R01")
        answer = await anybody.post(f"/tasks/{old['task_id']}/reopen", json={"reason": "not-done"})

    assert answer.status_code == 200, answer.text
    assert await house.said(HandoverReopened)
    assert await house.pool.fetchval("SELECT state FROM handovers") == "open"
    [event] = await house.said(TaskAdded)
    assert event.task.follows == old["task_id"]
    await house.sweep()
    assert measures.TIMERLESS._value.get() == 0


async def test_a_contact_is_proposed_by_a_team_and_chosen_by_the_patient(house):
    handover_id = await house.open()
    said = {"team": COMMUNITY, "name": "Ruth Bell", "phone": "01632 960140"}
    async with house.client(COMMUNITY) as nurses:
        proposed = await nurses.post(f"/handovers/{handover_id}/coordinator", json=said)
    async with house.client(PLACE) as stranger:
        other = await stranger.post(f"/handovers/{handover_id}/coordinator", json=said)

    def reply(word, team="") -> ReplyReceived:
        at = event_time
        return ReplyReceived(
            patient_key=key_of(EDNA), handover_id=handover_id, reply=word, team=team, received_at=at
        )

    event_time = await house.pool.fetchval("SELECT clock_timestamp()")
    await house.hear(reply("coordinator-agreed"))
    await house.hear(reply("coordinator-changed", PHARMACY))

    assert (proposed.status_code, other.status_code) == (200, 404)
    named = [(event.state, event.team) for event in await house.said(CoordinatorNamed)]
    assert named == [("proposed", COMMUNITY), ("chosen", COMMUNITY), ("chosen", PHARMACY)]


async def test_a_missing_contact_becomes_the_task_of_who_is_accountable(house):
    await house.open()
    await house.pool.execute(
        "UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'coordinator.missing'"
    )

    await house.ring()

    [event] = await house.said(TaskAdded)
    assert (event.task.code, event.task.owner_team) == ("name-coordinator", WARD)


async def test_an_acknowledged_summary_closes_its_task_and_starts_the_practices_week(house):
    """S01: R01 is done by the answer, and R06 counts one week from it."""
    event = discharged()
    await house.open(event)
    before = await house.task("R06")
    at = await house.pool.fetchval("SELECT clock_timestamp() + interval '3 hours'")

    await house.hear(
        DocumentAnswered(
            patient_key=event.patient_key,
            spell_id=event.spell_id,
            answer="20013",
            answered_by="Z90001",
            answered_at=at,
        )
    )

    summary, medicines = await house.task("R01"), await house.task("R06")
    assert summary["status"] == "completed"
    assert medicines["anchored_at"] == at
    assert medicines["due_at"] > before["due_at"]
    [done] = [fact for fact in await house.said(TaskChanged) if fact.status == "completed"]
    assert done.changed_by == "system"
    await house.sweep()
    assert measures.TIMERLESS._value.get() == 0


async def test_what_somebody_reports_asks_for_what_follows_from_it(house):
    handover_id = await house.open()
    async with house.client(WARD) as ward:
        known = (await ward.get("/happenings")).json()["happenings"]
        told = await ward.post(
            f"/handovers/{handover_id}/happenings", json={"code": "reablement-referred"}
        )
        wrong = await ward.post(f"/handovers/{handover_id}/happenings", json={"code": "nothing"})

    assert "reablement-referred" in known
    assert told.status_code == 200, told.text
    assert (await house.task("R16"))["owner_team"] == WARD
    assert await house.offer_to("reablement-ZLA")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "happening.unknown")


async def test_a_warning_is_said_before_anything_is_late(house):
    await house.open()
    await house.pool.execute(
        """
        UPDATE tasks SET anchored_at = clock_timestamp() - interval '6 hours',
                         due_at = clock_timestamp() + interval '4 hours', not_before = NULL,
                         rings_at = clock_timestamp() - interval '1 hour'
        WHERE rule_id = 'R01'
        """
    )
    await house.pool.execute(
        """
        UPDATE timers SET due_at = clock_timestamp() - interval '1 second'
        WHERE subject = (SELECT task_id FROM tasks WHERE rule_id = 'R01')
        """
    )

    await house.ring()

    [event] = await house.said(TaskWarned)
    assert (event.milestone, event.owner_team) == ("50%", WARD)
    assert SAFETY not in event.told_teams
    task = await house.task("R01")
    assert (task["escalation_step"], task["ladder_step"]) == (0, 1)
