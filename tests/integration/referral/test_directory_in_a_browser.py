"""The directory's pages as people use them: in Chromium, on a telephone, read aloud."""

import json

import pytest

from tests.integration.referral.conftest import ELM_TREE
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits
from tests.support.web import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDE = {"width": 1200, "height": 900}
NEW = {"organisations": [{"id": "Z90006", "name": "Quayside Surgery", "kind": "gp-practice"}]}


@pytest.fixture
async def address(house):
    async with served(house.app) as address:
        yield address


async def sign_in(page, address, who):
    await page.context.clear_cookies()
    await page.goto(f"{address}/sign-in")
    await page.locator(f"#person-{who}").check()
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{address}/")


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"])
async def test_every_page_of_the_directory_can_be_read_by_everybody(page, address, size):
    await page.set_viewport_size(size)
    visits = {
        "staff-elm-tree": ["/directory", f"/directory/team/{ELM_TREE}"],
        "operator": ["/directory", "/directory/import"],
    }
    for who, places in visits.items():
        await sign_in(page, address, who)
        for place in places:
            await page.goto(address + place)
            await assert_accessible(page)
            await assert_fits(page)


async def test_a_team_says_how_much_it_can_take_on(page, address):
    await sign_in(page, address, "staff-elm-tree")
    await page.goto(f"{address}/directory/team/{ELM_TREE}")
    await page.get_by_label("We take nobody new").check()
    await page.get_by_label("What others should know").fill("Back on Monday")
    await page.get_by_role("button", name="Say so").click()
    await page.wait_for_url("**/directory/team/**done=capacity")

    assert "Back on Monday" in await page.inner_text("main")
    await assert_accessible(page)


async def test_an_operator_sees_what_a_file_would_change_and_applies_it(page, address, tmp_path):
    file = tmp_path / "new.json"
    file.write_text(json.dumps(NEW))
    await sign_in(page, address, "operator")
    await page.goto(f"{address}/directory/import")
    await page.get_by_label("File with teams and organisations").set_input_files(file)
    await page.get_by_role("button", name="Look what it would change").click()
    await page.wait_for_url("**/directory/import/preview")
    assert "Quayside Surgery (Z90006)" in await page.inner_text("main")
    await assert_accessible(page)

    await page.get_by_label("Why it changes").fill("A new practice")
    await page.get_by_role("button", name="Apply it").click()
    await page.wait_for_url("**/directory?done=imported")

    assert "A new practice" in await page.inner_text("main")
