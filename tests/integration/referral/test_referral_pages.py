"""Referrals in a browser without scripts: send one, see where it is and how long it waits, answer it, book, close."""

import re

import pytest

from schemas.referral import AppointmentChanged, ReferralChanged
from tests.integration.referral.conftest import EDNA, ELM_TREE
from tests.integration.referral.test_referrals import PODIATRY, in_days, refer

FORM = {
    "from_team": ELM_TREE,
    "service": PODIATRY,
    "nhs_number": "999 500 0105",
    "family": "Hartley",
    "given": "Edna",
    "born": "1948-03-02",
    "kind": "referral",
    "priority": "routine",
    "letter": "Painful left forefoot\nInsoles have not helped",
}


@pytest.fixture
async def practice(house):
    return await house.visitor("staff-elm-tree")


@pytest.fixture
async def podiatry(house):
    return await house.visitor("staff-podiatry")


async def test_a_practice_refers_and_sees_where_it_is(house, practice):
    sent = await practice.post("/worklist/refer", data=FORM)
    page = await practice.get(sent.headers["location"])

    assert sent.status_code == 303, sent.text
    assert "The referral was sent" in page.text
    assert "Waiting to be accepted" in page.text
    assert "Waiting 0 weeks 0 days of 18 weeks" in page.text
    assert "Insoles have not helped" in page.text
    assert EDNA not in sent.headers["location"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nhs_number": "123"}, "takes an NHS number"),
        ({"family": " "}, "Enter the patient&#39;s family name"),
        ({"letter": ""}, "Write why you refer"),
        ({"born": "yesterday"}, "Enter the date of birth as a date"),
        ({"service": ""}, "Check which one is meant"),
    ],
)
async def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(house, practice, changes, said):
    answer = await practice.post("/worklist/refer", data=FORM | changes)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Edna"' in answer.text
    assert not await house.said()


async def test_a_service_triages_books_and_closes_on_one_page(house, podiatry):
    sent = await refer(house)
    path = f"/worklist/referrals/{sent['referral_id']}"

    await podiatry.post(f"{path}/triage", data={"priority": "urgent"})
    late = await podiatry.post(f"{path}/book", data={"starts_at": "2020-01-01T10:00"})
    none = await podiatry.post(f"{path}/book", data={"starts_at": "soon"})
    booked = await podiatry.post(f"{path}/book", data={"starts_at": in_days(7)[:16]})
    await house.pool.execute(
        "UPDATE appointments SET starts_at = clock_timestamp() - interval '1 hour'"
    )
    page = await podiatry.get(path)
    [attended] = re.findall(r'action="(/worklist/appointments/[^"]+/attended)"', page.text)
    came = await podiatry.post(attended, data={"referral": sent["referral_id"]})
    closed = await podiatry.post(
        f"{path}/outcome", data={"reason": "treatment-started", "finished": "true"}
    )
    last = await podiatry.get(path)

    assert (late.status_code, none.status_code) == (422, 422)
    assert "Choose a time that is still to come" in late.text
    assert [one.status_code for one in (booked, came, closed)] == [303, 303, 303]
    assert [one.status for one in await house.said(AppointmentChanged)] == ["booked", "attended"]
    states = [one.state for one in await house.said(ReferralChanged)]
    assert states[0], states[-1] == ("received", "outcome")
    assert "Closed with an outcome" in last.text
    assert "Waited 0 weeks 0 days" in last.text


async def test_a_referral_is_sent_back_with_a_reason_and_never_without(house, podiatry, practice):
    sent = await refer(house)
    path = f"/worklist/referrals/{sent['referral_id']}"

    without = await podiatry.post(f"{path}/reject", data={})
    answer = await podiatry.post(f"{path}/reject", data={"reason": "not-eligible"})
    gone = await podiatry.get(answer.headers["location"])
    page = await practice.get(path)

    assert gone.status_code == 200
    assert (without.status_code, answer.status_code) == (422, 303)
    assert "Choose one of the listed reasons" in without.text
    assert "Sent back to the referrer" in page.text
    assert "Does not meet our criteria" in page.text


async def test_a_redirect_shows_where_it_has_been_on_the_same_clock(house, podiatry):
    sent = await refer(house, clock_started_at=in_days(-87))
    offer = await house.offer_to(PODIATRY)

    passed = await podiatry.post(
        f"/worklist/offers/{offer}/redirect",
        data={"to": "msk-foot-ZTB", "reason": "wrong-service"},
    )
    page = (await podiatry.get(f"/worklist/referrals/{sent['referral_id']}")).text

    assert passed.status_code == 303, passed.text
    assert "Waiting 12 weeks 3 days of 18 weeks" in page
    assert "Passed on to another service" in page
    assert "To be accepted by" in page
    assert "Podiatry, Fellside Hospital, until Foot and ankle service" in page


async def test_the_list_shows_every_referral_and_its_wait(house, practice):
    await refer(house)

    listed = await practice.get("/worklist/referrals")
    other = await practice.get("/worklist/referrals", params={"state": "booked"})
    asked = await practice.get("/worklist/refer")

    assert "Edna" in listed.text or "HARTLEY" in listed.text
    assert "Waiting 0 weeks 0 days of 18 weeks" in listed.text
    assert "There are no such referrals" in other.text
    assert "General podiatry" in asked.text or "Podiatry, Fellside Hospital" in asked.text


async def test_getting_worse_and_taking_back_are_one_press_each(house, practice):
    sent = await refer(house)
    path = f"/worklist/referrals/{sent['referral_id']}"

    worse = await practice.post(f"{path}/worse")
    told = await practice.get(worse.headers["location"])
    back = await practice.post(f"{path}/cancel")

    assert "ring 999" in told.text
    assert (await house.task("R56"))["status"] == "cancelled"
    assert (worse.status_code, back.status_code) == (303, 303)


async def test_the_handover_leads_to_its_referral(house, practice):
    sent = await refer(house)

    page = (await practice.get(f"/worklist/handovers/{sent['handover_id']}")).text

    assert f"/worklist/referrals/{sent['referral_id']}" in page
    assert "Left hospital" not in page
    assert "The referral is with Podiatry, Fellside Hospital" in page
