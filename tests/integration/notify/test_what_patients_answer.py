"""What a patient answers on their page: heard once, said on, and never in the place of help that cannot wait."""

import re

import pytest

from schemas.alert import ReplyReceived
from services.chassis.ids import new_id
from tests.integration.notify.test_alerts_of_teams import knock
from tests.integration.notify.test_the_patients_page import path_of_link
from tests.unit.notify.builders import COMMUNITY, ELM_TREE, PHARMACY
from tests.unit.notify.facts import (
    accepted,
    contact_named,
    described,
    opened,
    referral_changed,
    referred,
    withdrawn,
)


@pytest.fixture
async def edna(house):
    async with knock(house.app(), Accept="text/html") as client:
        yield client


async def told_of(house, handover):
    await house.hear(described(), handover)
    await house.deliver()
    return await path_of_link(house)


def key_in(html):
    return re.search(r'name="idempotency_key" value="([^"]+)"', html).group(1)


async def replies(house):
    return [(said.reply, said.team) for said in await house.said(ReplyReceived)]


async def test_who_gets_worse_reads_first_where_help_is_and_then_tells(house, edna):
    handover = referred()
    path = await told_of(house, handover)
    assert f'href="{path}/worse"' in (await edna.get(path)).text

    advice = (await edna.get(f"{path}/worse")).text
    assert re.search(r"999.*111.*tell them that I am getting worse", advice, re.DOTALL)
    assert await replies(house) == [], "looking is not telling"
    answer = await edna.post(f"{path}/worse", data={"idempotency_key": key_in(advice)})

    assert (answer.status_code, answer.headers["location"]) == (303, path)
    (said,) = await house.said(ReplyReceived)
    assert (said.reply, said.handover_id) == ("getting-worse", handover.handover_id)
    assert said.patient_key == handover.patient_key
    assert "You told us on" in (await edna.get(path)).text


async def test_the_same_answer_sent_again_is_one_answer(house, edna):
    path = await told_of(house, referred())
    key = str(new_id())

    for sent in (key, key, str(new_id())):
        answer = await edna.post(f"{path}/worse", data={"idempotency_key": sent})
        assert answer.status_code == 303

    assert await replies(house) == [("getting-worse", "")]


async def test_who_says_it_again_later_is_heard_again(house, edna):
    path = await told_of(house, referred())
    await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})
    await house.database.pool.execute(
        "UPDATE replies SET received_at = received_at - interval '2 hours'"
    )
    await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})

    assert len(await replies(house)) == 2


async def test_no_answer_passes_for_the_repeat_of_another_though_notify_forgot_what_it_said(
    house, edna
):
    """Restored from a backup, notify knows nothing of the answers that it has published since."""
    path = await told_of(house, referred())
    await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})
    await house.database.pool.execute("DELETE FROM replies")
    await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})

    rows = await house.database.pool.fetch(
        "SELECT stream, sequence FROM outbox WHERE type = 'reply.received'"
    )
    places = {tuple(row) for row in rows}
    assert len(places) == 2
    assert {sequence for _, sequence in places} == {1}


@pytest.mark.parametrize("state", ["attended", "outcome", "cancelled"])
async def test_who_waits_no_more_is_sent_to_the_telephone(house, edna, state):
    handover = referred()
    path = await told_of(house, handover)
    await house.hear(referral_changed(handover, state))

    assert "I am getting worse while I wait" not in (await edna.get(path)).text
    await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})
    assert await replies(house) == []


async def test_after_a_discharge_nobody_is_asked_whether_they_get_worse_while_they_wait(
    house, edna
):
    path = await told_of(house, opened())

    assert "worse" not in (await edna.get(path)).text
    await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})
    assert await replies(house) == []


async def test_a_patient_agrees_with_the_contact_who_was_proposed(house, edna):
    handover = opened()
    path = await told_of(house, handover)
    await house.hear(contact_named(handover))
    html = (await edna.get(path)).text
    assert "Sam Lee, Elm Tree Surgery" in html
    assert "01632 960199" in html

    await edna.post(f"{path}/contact/agree", data={"idempotency_key": key_in(html)})

    assert await replies(house) == [("coordinator-agreed", "")]
    assert "This contact is fine" not in (await edna.get(path)).text
    await house.hear(contact_named(handover, state="chosen"))
    assert "You have said that this is fine." in (await edna.get(path)).text


async def test_a_patient_chooses_another_contact_among_the_teams_of_the_plan(house, edna):
    handover = opened()
    path = await told_of(house, handover)
    await house.hear(accepted(handover), contact_named(handover))
    html = (await edna.get(f"{path}/contact")).text
    assert "Station Road Pharmacy" in html
    assert f'value="{ELM_TREE}"' not in html, "they have that one"
    assert "Fellside Community Nursing" not in html

    answer = await edna.post(
        f"{path}/contact", data={"idempotency_key": key_in(html), "team": PHARMACY}
    )

    assert answer.status_code == 303
    assert await replies(house) == [("coordinator-changed", PHARMACY)]
    assert "You asked for Station Road Pharmacy as your contact." in (await edna.get(path)).text


@pytest.mark.parametrize("team", ["", COMMUNITY, "no-such-team"])
async def test_a_team_that_has_no_part_in_the_plan_cannot_be_chosen(house, edna, team):
    path = await told_of(house, opened())

    answer = await edna.post(
        f"{path}/contact", data={"idempotency_key": str(new_id()), "team": team}
    )

    assert answer.status_code == 422
    assert "Choose who should be your contact" in answer.text
    assert await replies(house) == []


@pytest.mark.parametrize("place", ["worse", "contact", "contact/agree"])
async def test_a_closed_link_takes_no_answer(house, edna, place):
    handover = referred()
    path = await told_of(house, handover)
    await house.hear(described(described_at=house.now, restricted=True))

    answer = await edna.post(
        f"{path}/{place}", data={"idempotency_key": str(new_id()), "team": COMMUNITY}
    )

    assert answer.status_code == 410
    assert await replies(house) == []


async def test_a_withdrawn_plan_takes_no_answer(house, edna):
    handover = referred()
    path = await told_of(house, handover)
    await house.hear(withdrawn(handover))

    answer = await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})

    assert "Your plan has changed" in answer.text
    assert await replies(house) == []


async def test_a_guessed_link_takes_no_answer(house, edna):
    answer = await edna.post(f"/p/{'x' * 43}/worse", data={"idempotency_key": str(new_id())})

    assert answer.status_code == 404


async def test_another_site_cannot_answer_for_a_patient(house, edna):
    path = await told_of(house, referred())

    answer = await edna.post(
        f"{path}/worse",
        data={"idempotency_key": str(new_id())},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert await replies(house) == []


async def test_an_answer_keeps_neither_the_link_nor_a_name(house, edna):
    path = await told_of(house, referred())
    await edna.post(f"{path}/worse", data={"idempotency_key": str(new_id())})

    token = path.removeprefix("/p/")
    for table in ("replies", "outbox", "idempotent_requests"):
        rows = await house.database.pool.fetch(f'SELECT t::text FROM "{table}" t')
        assert not any(token in row[0] or "Hartley" in row[0] for row in rows), table
