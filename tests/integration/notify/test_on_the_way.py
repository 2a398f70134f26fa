"""What patients hear while their care moves on: once, when it is so, without blame, and with somebody to ring."""

from datetime import timedelta

import pytest

from schemas.handover import HandoverCompleted, HandoverReopened
from schemas.task import TaskClaimed
from services.chassis.ids import new_id
from tests.integration.notify.carriers import EDNA_MAIL
from tests.integration.notify.news import HARBOUR, begun, hear_and_deliver, news, taken_by
from tests.unit.notify.builders import COMMUNITY, EDNA, ELM_TREE, PHARMACY, WARD
from tests.unit.notify.facts import (
    appointment,
    contact_named,
    described,
    offered_on,
    opened,
    redirected,
    team_described,
)


@pytest.fixture
async def told(house):
    """Edna was told of her discharge; Elm Tree Surgery has accepted."""
    return await begun(house, opened())


async def test_a_patient_who_moves_hears_once_of_the_new_team_and_only_after_it_accepted(
    house, told
):
    practice = offered_on(told, HARBOUR)
    nurses = offered_on(told, COMMUNITY, tasks=(2,), owner=PHARMACY)
    await hear_and_deliver(house, practice, nurses)
    assert news(house) == []

    await hear_and_deliver(house, taken_by(told, practice.offer, HARBOUR))
    await hear_and_deliver(house, taken_by(told, nurses.offer, COMMUNITY))

    (body,) = news(house)
    assert "Harbour Medical Centre has taken over a part of your care." in body
    assert "01632 960120" in body


async def test_a_patient_who_moves_again_hears_again(house, told):
    await house.database.pool.execute(
        "UPDATE alerts SET settled_at = settled_at - interval '2 days'"
    )
    for team in (HARBOUR, ELM_TREE):
        offer = offered_on(told, team)
        await hear_and_deliver(house, offer, taken_by(told, offer.offer, team))

    assert len(news(house)) == 2


async def test_work_that_a_team_hands_on_for_its_own_reasons_bothers_no_patient(house, told):
    offer = offered_on(told, COMMUNITY, reason="handed-on")
    await hear_and_deliver(house, offer, taken_by(told, offer.offer, COMMUNITY))

    assert news(house) == []


async def test_the_receiving_team_hears_once_and_who_asks_stays_the_owner(house, told):
    offer = offered_on(told, HARBOUR)
    await hear_and_deliver(house, offer)

    (mail,) = house.mails_to("practice-z90002@teams.example.net")
    assert "is asked to take over 1 task" in mail.body
    assert "registered with another practice" in mail.body
    owners = await house.database.pool.fetch(
        "SELECT owner_team, asked_team FROM plan_tasks WHERE offer_id = $1", offer.offer.offer_id
    )
    assert [tuple(row) for row in owners] == [(ELM_TREE, HARBOUR)]


async def test_a_redirect_after_a_discharge_changes_the_page_and_sends_nothing(house, told):
    passed_on = redirected(told, HARBOUR)
    await hear_and_deliver(house, passed_on, taken_by(told, passed_on.offer, HARBOUR))

    assert news(house) == []


@pytest.mark.parametrize("purpose", ["loose-end", "document"])
async def test_work_between_teams_is_no_patients_concern(house, purpose):
    await house.hear(described(), opened(purpose=purpose))
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert ("patient", "", "opened", "withheld", "nothing-to-tell") in await house.alerts()


async def test_a_named_contact_is_told_once_and_stands_on_every_message_from_then_on(house, told):
    await hear_and_deliver(house, contact_named(told))
    await hear_and_deliver(house, contact_named(told, state="chosen"))

    (body,) = news(house)
    assert "Sam Lee, on 01632 960199" in body
    starts_at = house.now + timedelta(days=9)
    await hear_and_deliver(house, appointment(told, "booked", starts_at))
    assert "You can ring Sam Lee on 01632 960199" in news(house)[-1]


async def test_a_contact_who_changes_is_told_and_one_that_was_just_told_is_not_told_twice(
    house, told
):
    await house.hear(contact_named(told), contact_named(told, name="Kim Roe", phone="01632 960188"))
    await house.deliver()

    (body,) = news(house)
    assert "Kim Roe" in body


async def test_a_missing_contact_is_no_message(house, told):
    await hear_and_deliver(house, contact_named(told, state="missing", team="", name="", phone=""))

    assert news(house) == []


async def test_a_claimed_task_bothers_nobody(house, told):
    before = await house.alerts()
    await house.hear(
        TaskClaimed(
            patient_key=EDNA,
            handover_id=told.handover_id,
            task_id=told.tasks[1].task_id,
            owner_team=ELM_TREE,
            person="staff-elm-tree",
            claimed_at=house.now,
            claimed_by="staff-elm-tree",
        )
    )

    assert await house.alerts() == before


async def test_a_reopened_handover_goes_on_and_a_withdrawn_one_never(house, told):
    about = {"patient_key": EDNA, "handover_id": told.handover_id}
    reopened = HandoverReopened(
        **about, reason="not-done", reopened_at=house.now, reopened_by="staff-ward"
    )
    await house.hear(
        HandoverCompleted(**about, completed_at=house.now, completed_by="staff-ward"), reopened
    )

    assert await house.database.pool.fetchval("SELECT standing FROM plans") == "open"
    assert ("team", WARD, "reopened", "waiting", "") in await house.alerts()


async def test_a_closed_team_is_nobodys_to_ring(house, told):
    await house.hear(team_described(WARD, active=False))
    offer = offered_on(told, HARBOUR)
    await hear_and_deliver(house, offer, taken_by(told, offer.offer, HARBOUR))

    (body,) = news(house)
    assert "01632 960101" not in body
    assert "01632 960100" in body, "the switchboard"


async def test_two_handovers_of_one_patient_keep_their_own_contacts(house, told):
    other = opened(handover_id=new_id())
    await house.hear(other)
    await house.hear(contact_named(told))

    named = await house.database.pool.fetch("SELECT contact IS NOT NULL AS has FROM plans")
    assert sorted(row["has"] for row in named) == [False, True]
