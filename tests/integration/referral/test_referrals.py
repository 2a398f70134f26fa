"""Referrals on a real database: sent by a practice, passed on, seen, closed; on one clock, with one owner."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from schemas.handover import HandoverOpened
from schemas.offer import OfferRedirected
from schemas.referral import AppointmentChanged, ReferralChanged
from tests.integration.referral.conftest import EDNA, ELM_TREE, described

PODIATRY, FOOT = "podiatry-ZTA", "msk-foot-ZTB"
PATIENT = {"X-Patient-Identifier": EDNA}


def a_referral(**changes):
    return {
        "from_team": ELM_TREE,
        "service": PODIATRY,
        "reference": "EMIS-4711",
        "patient": {"family": "Hartley", "given": "Edna", "birth_date": "1948-03-02"},
        "letter": [{"heading": "Reason", "text": "Painful left forefoot since August"}],
    } | changes


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def refer(house, **changes) -> dict:
    async with house.client(ELM_TREE, **PATIENT) as practice:
        answer = await practice.post("/referrals", json=a_referral(**changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_referral_becomes_a_handover_that_the_practice_answers_for(house):
    sent = await refer(house)

    [opened] = await house.said(HandoverOpened)
    assert (opened.purpose, str(opened.spell_id)) == ("referral", sent["referral_id"])
    assert [offer.team for offer in opened.offers] == [PODIATRY]
    assert {task.owner_team for task in opened.tasks} == {ELM_TREE}
    [changed] = await house.said(ReferralChanged)
    assert (changed.state, changed.team) == ("received", PODIATRY)


async def test_the_service_reads_the_letter_the_wait_and_who_it_is(house):
    sent = await refer(house, clock_started_at=in_days(-87))

    async with house.client(PODIATRY) as podiatry:
        shown = (await podiatry.get(f"/referrals/{sent['referral_id']}")).json()

    assert shown["letter"] == [{"heading": "Reason", "text": "Painful left forefoot since August"}]
    assert shown["wait"]["words"] == "12 weeks 3 days of 18 weeks"
    assert shown["person"]["family"] == "Hartley"
    assert (shown["state"], shown["accountable_team"]) == ("received", ELM_TREE)


async def test_what_a_referral_says_of_a_patient_gives_way_to_a_description(house):
    await refer(house, patient={"family": "Heartly"})
    assert await house.pool.fetchval("SELECT family FROM people") == "Heartly"

    await house.hear(described(described_at=datetime(2020, 1, 1, tzinfo=UTC)))
    await refer(house, reference="EMIS-4712", patient={"family": "Heartly"})

    assert await house.pool.fetchval("SELECT family FROM people") == "Hartley"


async def test_the_same_referral_sent_twice_is_one(house):
    await refer(house)

    async with house.client(ELM_TREE, **PATIENT) as practice:
        again = await practice.post("/referrals", json=a_referral())

    assert (again.status_code, again.json()["code"]) == (409, "referral.sent_before")
    assert len(await house.said(HandoverOpened)) == 1


async def test_a_repeated_command_gets_the_first_answer(house):
    key = {"Idempotency-Key": str(uuid4())}
    async with house.client(ELM_TREE, **PATIENT, **key) as practice:
        first = await practice.post("/referrals", json=a_referral())
        second = await practice.post("/referrals", json=a_referral())

    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_s05_on_a_real_database(house):
    sent = await refer(house)
    offer = await house.offer_to(PODIATRY)

    async with house.client() as everybody:
        redirect = {"team": FOOT, "reason": "wrong-service"}
        passed = await everybody.post(f"/offers/{offer}/redirect", json=redirect)
        assert passed.status_code == 200, passed.text
        meanwhile = (await everybody.get(f"/referrals/{sent['referral_id']}")).json()
        accepted = await everybody.post(f"/referrals/{sent['referral_id']}/accept")
        after = (await everybody.get(f"/referrals/{sent['referral_id']}")).json()

    assert (meanwhile["team"], meanwhile["accountable_team"]) == (FOOT, PODIATRY)
    assert meanwhile["clock_started_at"] == after["clock_started_at"]
    assert datetime.fromisoformat(sent["clock_started_at"]) == datetime.fromisoformat(
        after["clock_started_at"]
    )
    assert meanwhile["letter"] == after["letter"] != []
    before, now = meanwhile["requests"]
    assert (before["status"], before["status_because"]) == ("revoked", "redirected")
    assert (now["status"], now["replaces"]) == ("active", before["service_request"])
    assert accepted.status_code == 200, accepted.text
    assert (after["state"], after["team"], after["accountable_team"]) == ("accepted", FOOT, FOOT)
    assert len(await house.said(OfferRedirected)) == 1
    states = [(event.state, event.team) for event in await house.said(ReferralChanged)]
    assert states == [("received", PODIATRY), ("received", FOOT), ("accepted", FOOT)]
    assert not await house.pool.fetchval(
        "SELECT count(*) FROM tasks WHERE owner_team = $1 AND closed_at IS NULL", ELM_TREE
    )


async def test_a_rejected_referral_is_a_task_for_the_practice_and_for_nobody_else(house):
    sent = await refer(house)

    async with house.client(PODIATRY) as podiatry:
        answer = await podiatry.post(
            f"/referrals/{sent['referral_id']}/reject", json={"reason": "not-eligible"}
        )

    assert answer.json()["referral"]["state"] == "rejected"
    open_tasks = await house.pool.fetch(
        "SELECT rule_id, owner_team FROM tasks WHERE closed_at IS NULL"
    )
    assert [tuple(row) for row in open_tasks] == [("R48", ELM_TREE)]
    last = (await house.said(ReferralChanged))[-1]
    assert (last.state, last.reason) == ("rejected", "not-eligible")


async def test_accepting_on_the_worklist_accepts_the_referral(house):
    sent = await refer(house)

    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"/offers/{await house.offer_to(PODIATRY)}/accept")
        shown = (await podiatry.get(f"/referrals/{sent['referral_id']}")).json()

    assert (shown["state"], shown["accountable_team"]) == ("accepted", PODIATRY)
    assert (await house.task("R47"))["status"] == "completed"


async def test_an_appointment_is_booked_moved_missed_and_nobody_is_discharged(house):
    sent = await refer(house)
    path = f"/referrals/{sent['referral_id']}"
    async with house.client(PODIATRY) as podiatry:
        triaged = await podiatry.post(f"{path}/triage", json={"priority": "urgent"})
        booked = await podiatry.post(f"{path}/appointments", json={"starts_at": in_days(7)})
        appointment = f"/appointments/{booked.json()['appointment_id']}"
        early = await podiatry.post(f"{appointment}/miss")
        moved = await podiatry.post(f"{appointment}/move", json={"starts_at": in_days(8)})
        await house.pool.execute(
            "UPDATE appointments SET starts_at = clock_timestamp() - interval '1 hour'"
        )
        missed = await podiatry.post(f"{appointment}/miss")
        twice = await podiatry.post(f"{appointment}/miss")
        shown = (await podiatry.get(path)).json()

    assert triaged.json()["referral"]["state"] == "accepted"
    assert shown["priority"] == "urgent"
    assert (early.status_code, early.json()["code"]) == (422, "appointment.not_yet")
    assert (moved.status_code, missed.status_code, twice.status_code) == (200, 200, 409)
    said = [event.status for event in await house.said(AppointmentChanged)]
    assert said == ["booked", "moved", "missed"]
    assert shown["state"] == "accepted"
    review = await house.task("R54")
    assert (review["owner_team"], review["status"]) == (PODIATRY, "accepted")
    state = await house.pool.fetchval("SELECT state FROM handovers")
    assert state == "open"


async def test_an_outcome_closes_the_loop_and_stops_the_clock(house):
    sent = await refer(house)
    path = f"/referrals/{sent['referral_id']}"

    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"{path}/accept")
        closed = await podiatry.post(f"{path}/outcome", json={"outcome": "no-treatment-needed"})
        late = await podiatry.post(f"{path}/outcome", json={"outcome": "treatment-started"})
        shown = (await podiatry.get(path)).json()

    assert closed.status_code == 200, closed.text
    assert (late.status_code, late.json()["code"]) == (409, "referral.outcome")
    assert shown["state"] == "outcome"
    assert shown["wait"]["over"] is True
    assert await house.pool.fetchval("SELECT state FROM handovers") == "completed"
    assert [row["status"] for row in shown["requests"]] == ["completed"]


async def test_a_referral_taken_back_calls_everything_off(house):
    sent = await refer(house)
    path = f"/referrals/{sent['referral_id']}"

    async with house.client(ELM_TREE) as practice, house.client(PODIATRY) as podiatry:
        foreign = await podiatry.post(f"{path}/cancel", json={})
        answer = await practice.post(f"{path}/cancel", json={})
        late = await podiatry.post(f"{path}/accept")

    assert (foreign.status_code, foreign.json()["code"]) == (403, "referral.not_the_referrer")
    assert answer.json()["referral"]["state"] == "cancelled"
    assert late.status_code == 409
    assert not await house.pool.fetchval("SELECT count(*) FROM tasks WHERE closed_at IS NULL")
    assert await house.pool.fetchval("SELECT status FROM service_requests") == "revoked"


async def test_a_death_ends_a_referral(house):
    await refer(house)

    await house.hear(described(deceased=True, death_status="formal"))

    last = (await house.said(ReferralChanged))[-1]
    assert (last.state, last.reason) == ("cancelled", "deceased")


async def test_nobody_is_referred_who_is_known_to_have_died(house):
    await house.hear(described(deceased=True, death_status="formal"))

    async with house.client(ELM_TREE, **PATIENT) as practice:
        answer = await practice.post("/referrals", json=a_referral())

    assert (answer.status_code, answer.json()["code"]) == (422, "referral.patient_has_died")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"service": "nowhere-ZZZ"}, 404, "referral.service_unknown"),
        ({"from_team": "practice-Z90002"}, 403, "referral.not_the_referrer"),
        ({"service": PODIATRY, "specialty": "400"}, 422, "referral.service_does_not_suit"),
        ({"service": ELM_TREE}, 422, "team.same"),
        ({"clock_started_at": in_days(2)}, 422, "happening.in_future"),
        ({"letter": []}, 422, "request.misfit"),
    ],
)
async def test_what_cannot_be_referred_is_refused_at_once(house, changes, status, code):
    async with house.client(ELM_TREE, **PATIENT) as practice:
        answer = await practice.post("/referrals", json=a_referral(**changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not await house.said()


async def test_a_team_that_has_no_part_in_it_does_not_learn_of_a_referral(house):
    sent = await refer(house)
    path = f"/referrals/{sent['referral_id']}"

    async with house.client("practice-Z90002") as stranger:
        asked = [
            await stranger.get(path),
            await stranger.post(f"{path}/accept"),
            await stranger.post(f"{path}/worse"),
        ]
        listed = await stranger.get("/referrals")

    assert [answer.status_code for answer in asked] == [404, 404, 404]
    assert listed.json()["items"] == []


async def test_getting_worse_is_for_the_service_to_review(house):
    sent = await refer(house)

    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"/referrals/{sent['referral_id']}/accept")
    async with house.client(ELM_TREE) as practice:
        answer = await practice.post(f"/referrals/{sent['referral_id']}/worse")

    assert answer.status_code == 200, answer.text
    review = await house.task("R56")
    assert (review["owner_team"], review["status"]) == (PODIATRY, "accepted")


async def test_a_list_goes_on_page_by_page(house):
    for number in range(3):
        await refer(house, reference=f"EMIS-{number}")

    async with house.client(PODIATRY) as podiatry:
        first = (await podiatry.get("/referrals", params={"limit": 2})).json()
        rest = (await podiatry.get("/referrals", params={"cursor": first["next"]})).json()

    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
