"""The page of a team's figures and the forms that pass work on, as people use them: Chromium, a telephone, read aloud."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.ids import new_id
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    HARBOUR,
    described,
    discharged,
)
from tests.integration.referral.test_pages_in_a_browser import WIDE, sign_in
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits
from tests.support.web import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WEEKS = 20


@pytest.fixture
async def address(house):
    async with served(house.app) as address:
        yield address


async def half_a_year(house) -> None:
    """Each week seven people go home to Elm Tree, which accepts within a day, and lately sooner."""
    now = datetime.now(UTC)
    wednesday = now.replace(hour=12, minute=0) - timedelta(days=now.weekday() - 2)
    for week in range(WEEKS, 0, -1):
        left = wednesday - timedelta(weeks=week)
        people = [
            discharged(EDNA, spell_id=new_id(), discharged_at=left + timedelta(hours=place))
            for place in range(7)
        ]
        await house.hear(*people)
    async with house.client() as anybody:
        for row in await house.pool.fetch("SELECT offer_id FROM offers WHERE team = $1", ELM_TREE):
            await anybody.post(f"/offers/{row['offer_id']}/accept")
        offers = await house.pool.fetch("SELECT offer_id FROM offers WHERE team = $1", COMMUNITY)
        for row in offers[:9]:
            await anybody.post(f"/offers/{row['offer_id']}/decline", json={"reason": "no-capacity"})
    await house.pool.execute(
        """
        UPDATE offers o SET answered_at = h.clock_started_at + interval '1 hour' * (
            20 + 5 * sin(extract(epoch FROM h.clock_started_at) / 400000)
            - CASE WHEN h.clock_started_at > clock_timestamp() - interval '9 weeks' THEN 11 ELSE 0 END)
        FROM handovers h WHERE h.handover_id = o.handover_id AND o.state = 'accepted'
        """
    )


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"])
async def test_a_team_sees_its_weeks_as_a_chart_and_in_words(house, page, address, size):
    await half_a_year(house)
    await page.set_viewport_size(size)
    await sign_in(page, address, "staff-elm-tree")

    await page.goto(f"{address}/measures")

    assert await page.locator("svg circle").count() >= WEEKS
    assert await page.get_by_text("One side for eight weeks").count() > 0
    assert await page.get_by_text("From the week of").is_visible()
    await assert_accessible(page)
    await assert_fits(page)
    if size is WIDE and os.environ.get("BATON_PICTURES"):
        await page.screenshot(
            path=Path(os.environ["BATON_PICTURES"]) / "measures.png", full_page=True
        )


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_an_offer_is_passed_on_by_a_form_that_says_what_is_wrong(house, page, address, size):
    await house.hear(described(), discharged())
    await page.set_viewport_size(size)
    await sign_in(page, address, "staff-elm-tree")
    offer = await house.offer_to(ELM_TREE)

    await page.goto(f"{address}/worklist/offers/{offer}/redirect")
    await assert_accessible(page)
    await assert_fits(page)
    await page.get_by_role("button", name="Pass it on").click()
    await page.get_by_role("heading", name="There is a problem").wait_for()
    await assert_accessible(page)
    await page.get_by_label("Which team?").select_option(HARBOUR)
    await page.get_by_label("Another service is better suited").check()
    await page.get_by_role("button", name="Pass it on").click()

    await page.wait_for_url("**done=passed-on")
    assert await page.get_by_text("Your team stays accountable until").count() == 1
    task = await house.task("R06")
    assert task["owner_team"] == ELM_TREE


async def test_a_contact_is_named_and_something_is_reported_by_forms(house, page, address):
    await house.hear(described(), discharged())
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")
    await page.set_viewport_size(PHONE)
    await sign_in(page, address, "staff-elm-tree")

    await page.goto(f"{address}/worklist/handovers/{handover_id}")
    await page.get_by_role("link", name="Name the patient's contact").click()
    await page.get_by_label("Team").wait_for()
    await assert_accessible(page)
    await page.get_by_label("Team").select_option(ELM_TREE)
    await page.get_by_label("Name, as the patient may say it").fill("Ruth Bell")
    await page.get_by_label("Telephone").fill("01632 960110")
    await page.get_by_role("button", name="Name the contact").click()
    await page.wait_for_url("**done=named")
    assert await page.get_by_text("Ruth Bell, Elm Tree Surgery").count() == 1

    await sign_in(page, address, "staff-ward")
    await page.goto(f"{address}/worklist/handovers/{handover_id}")
    await page.get_by_role("link", name="Say that something happened").click()
    await page.get_by_label("What happened?").wait_for()
    await assert_accessible(page)
    await page.get_by_label("What happened?").select_option("reablement-referred")
    await page.get_by_label("When? (optional)").fill("tomorrow")
    await page.get_by_role("button", name="Note it").click()
    await page.get_by_role("heading", name="There is a problem").wait_for()
    await page.get_by_label("When? (optional)").fill("")
    await page.get_by_role("button", name="Note it").click()
    await page.wait_for_url("**done=reported")
    assert await house.task("R16")
