"""What patients answered on their pages: in the order in which they said it, and never into nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.alert import ReplyReceived
from schemas.handover import CoordinatorNamed
from services.chassis.ids import new_id
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    PHARMACY,
    described,
    key_of,
)
from tests.integration.referral.test_referrals import refer

AGREED, CHANGED, WORSE = "coordinator-agreed", "coordinator-changed", "getting-worse"


def reply(handover_id, word, team="", minutes=0) -> ReplyReceived:
    """Said so many minutes from now."""
    return ReplyReceived(
        patient_key=key_of(EDNA),
        handover_id=handover_id,
        reply=word,
        team=team,
        received_at=datetime.now(UTC) + timedelta(minutes=minutes),
    )


async def propose(house, handover_id, name="Ruth Bell") -> None:
    said = {"team": COMMUNITY, "name": name, "phone": "01632 960140"}
    async with house.client(COMMUNITY) as nurses:
        await nurses.post(f"/handovers/{handover_id}/coordinator", json=said)


async def contact(house) -> tuple[str, str]:
    row = await house.pool.fetchrow("SELECT coordinator_state, coordinator_at FROM handovers")
    return tuple(row)


@pytest.mark.parametrize("together", [True, False])
async def test_a_late_word_about_the_contact_does_not_undo_a_newer_one(house, together):
    handover_id = await house.open()
    await propose(house, handover_id)
    newer = reply(handover_id, CHANGED, PHARMACY, minutes=2)
    older = reply(handover_id, CHANGED, ELM_TREE, minutes=1)

    for batch in [[newer, older]] if together else [[newer], [older]]:
        await house.hear(*batch)

    assert await contact(house) == ("chosen", PHARMACY)


async def test_whoever_agrees_means_who_was_proposed_then_and_nobody_who_was_since(house):
    handover_id = await house.open()
    agreed = reply(handover_id, AGREED, minutes=-1)
    await propose(house, handover_id)

    await house.hear(agreed)

    assert await contact(house) == ("proposed", COMMUNITY)


async def test_a_contact_whom_the_patient_wants_is_theirs_though_another_was_proposed_meanwhile(
    house,
):
    handover_id = await house.open()
    wanted = reply(handover_id, CHANGED, PHARMACY, minutes=-1)
    await propose(house, handover_id)

    await house.hear(wanted)

    assert await contact(house) == ("chosen", PHARMACY)
    last = (await house.said(CoordinatorNamed))[-1]
    assert last.named_at == wanted.received_at


async def test_who_gets_worse_in_the_moment_in_which_the_referral_ends_is_rung(house):
    sent = await refer(house)
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/referrals/{sent['referral_id']}/cancel", json={})
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")

    await house.hear(reply(handover_id, WORSE), reply(handover_id, WORSE, minutes=1))
    await house.hear(reply(handover_id, WORSE, minutes=2))

    rows = await house.pool.fetch("SELECT rule_id, owner_team FROM tasks WHERE closed_at IS NULL")
    assert [tuple(row) for row in rows] == [("worse-after-the-end", ELM_TREE)]


async def test_who_says_on_their_page_that_they_get_worse_is_reviewed_by_who_has_the_referral(
    house,
):
    await refer(house)
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")

    await house.hear(reply(handover_id, WORSE))

    review = await house.task("R56")
    assert (review["code"], review["closed_at"]) == ("review-priority", None)
    asked = "SELECT team FROM offers WHERE offer_id = $1"
    assert await house.pool.fetchval(asked, review["offer_id"]) == "podiatry-ZTA"


@pytest.mark.parametrize("withdrawn", [True, False])
async def test_nobody_is_rung_who_has_died(house, withdrawn):
    await refer(house)
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")
    await house.hear(described(deceased=True, death_status="formal"))
    if withdrawn:
        async with house.client(ELM_TREE) as practice:
            await practice.post(f"/handovers/{handover_id}/withdraw", json={"reason": "deceased"})

    await house.hear(reply(handover_id, WORSE))

    assert not await house.pool.fetchval("SELECT count(*) FROM tasks WHERE closed_at IS NULL")


async def test_an_answer_about_a_handover_that_is_not_here_waits_in_front_of_a_person(house):
    await house.hear(reply(new_id(), WORSE))

    assert await house.parked() == ["poison"]
