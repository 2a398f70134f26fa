"""The pages of referrals as people use them: in Chromium, on a telephone, with forms that work without scripts."""

import pytest

from tests.integration.referral.conftest import EDNA
from tests.integration.referral.test_pages_in_a_browser import sign_in
from tests.integration.referral.test_referrals import PODIATRY, in_days, refer
from tests.support.axe import PHONE, assert_accessible, assert_fits
from tests.support.web import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDE = {"width": 1200, "height": 900}


@pytest.fixture
async def address(house):
    async with served(house.app) as address:
        yield address


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_pages_of_a_referral_can_be_read_by_everybody(house, page, address, size):
    asked, serving = await refer(house), await refer(house, reference="EMIS-2")
    path = f"/referrals/{serving['referral_id']}"
    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"{path}/accept")
        await podiatry.post(f"{path}/appointments", json={"starts_at": in_days(3)})
    visits = {
        "staff-podiatry": [
            "/worklist/referrals",
            f"/worklist/referrals/{asked['referral_id']}",
            f"/worklist{path}",
        ],
        "staff-elm-tree": ["/worklist/refer", f"/worklist{path}"],
    }
    await page.set_viewport_size(size)

    for who, addresses in visits.items():
        await sign_in(page, address, who)
        for each in addresses:
            await page.goto(f"{address}{each}")
            await assert_accessible(page)
            await assert_fits(page)


async def test_a_practice_refers_and_the_service_accepts(house, page, address):
    await sign_in(page, address, "staff-elm-tree")
    await page.goto(f"{address}/worklist/refer")
    await page.get_by_label("Service that is asked").select_option("podiatry-ZTA")
    await page.get_by_label("NHS number").fill(EDNA)
    await page.get_by_label("Family name").fill("Hartley")
    await page.get_by_label("Letter").fill("Painful left forefoot since August")
    await page.get_by_role("button", name="Send the referral").click()
    await page.wait_for_url("**/worklist/referrals/*?done=sent")
    referral = page.url.split("?")[0]

    await sign_in(page, address, "staff-podiatry")
    await page.goto(referral)
    await page.get_by_label("Urgent", exact=True).check()
    await page.get_by_role("button", name="Accept the referral").click()
    await page.wait_for_url("**/worklist/referrals/*?done=triaged")

    assert await page.get_by_text("Accepted, no appointment yet").is_visible()
