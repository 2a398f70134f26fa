"""The register of missing results in Chromium: read by everybody, on a telephone, without scripts."""

from datetime import timedelta

import pytest

from tests.integration.referral.conftest import COMMUNITY, WARD, described
from tests.integration.referral.test_pages_in_a_browser import address, sign_in
from tests.integration.referral.test_results import (
    BIOPSY,
    CULTURE,
    hand_on,
    in_days,
    results,
    say,
)
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits

__all__ = ["address"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDE = {"width": 1200, "height": 900}


async def some_missing(house):
    """One late, one asked of the nurses, one ordered by another team of the hospital."""
    handover_id = await house.open()
    await house.hear(described())
    await say(house, handover_id, test=BIOPSY, expected_on=str(await in_days(house, 9)))
    await say(house, handover_id, test=CULTURE)
    await say(
        house, handover_id, test="Genetic test for long QT syndrome", ordered_by="respiratory-ZTA"
    )
    biopsy, culture, _ = await results(house)
    await house.pool.execute(
        "UPDATE tasks SET due_at = clock_timestamp() - $1::interval WHERE task_id = $2",
        timedelta(days=3),
        culture["task_id"],
    )
    await hand_on(house, biopsy["task_id"], COMMUNITY)
    return f"/worklist/handovers/{handover_id}", biopsy["task_id"]


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"])
async def test_every_page_about_a_missing_result_can_be_read_by_everybody(
    house, page, address, size
):
    handover, task = await some_missing(house)
    await page.set_viewport_size(size)
    visits = {
        "staff-ward": [
            "/worklist/results",
            handover,
            f"{handover}/happenings",
            f"/worklist/tasks/{task}",
            f"/worklist/tasks/{task}/hand-on",
            "/",
        ],
        "staff-community": ["/worklist/results", "/"],
    }

    for who, paths in visits.items():
        await sign_in(page, address, who)
        for path in paths:
            await page.goto(address + path)
            for summary in await page.locator("#missing summary").all():
                await summary.click()
            assert await page.locator("h1").count() == 1
            await assert_accessible(page)
            await assert_fits(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
async def test_a_ward_names_a_missing_result_and_is_told_what_is_wrong(
    house, browser, address, scripts
):
    handover_id = await house.open()
    await house.hear(described())
    context = await browser.new_context(java_script_enabled=scripts, viewport=PHONE)
    page = await context.new_page()
    await page.goto(f"{address}/sign-in")
    await page.locator("#person-staff-ward").check()
    await page.get_by_role("button", name="Sign in").click()
    await page.goto(f"{address}/worklist/handovers/{handover_id}")
    await page.get_by_text("Name a result that is missing").click()
    await page.get_by_label("Which test?").fill("?")
    await page.get_by_role("button", name="Add the result").click()

    await page.get_by_text("There is a problem").wait_for()
    await page.get_by_role("link", name="Say which test it is").click()
    assert await page.locator("#test").is_visible()
    if scripts:
        await assert_accessible(page)
        assert await page.evaluate("document.activeElement.name") == "test"

    day = await in_days(house, 7)
    await page.get_by_label("Which test?").fill(BIOPSY)
    await page.get_by_label("Day").fill("31")
    await page.get_by_label("Month").fill("2")
    await page.get_by_label("Year").fill(str(day.year))
    await page.get_by_role("button", name="Add the result").click()
    await page.get_by_role("link", name="Give the day as in 24 11 2026").wait_for()
    assert await page.get_by_label("Which test?").input_value() == BIOPSY
    await page.get_by_label("Day").fill(str(day.day))
    await page.get_by_label("Month").fill(str(day.month))
    await page.get_by_role("button", name="Add the result").click()

    await page.get_by_text("The result is on the list of the team that ordered it").wait_for()
    assert await page.locator("#missing").get_by_role("link", name=BIOPSY).count() == 1
    [task] = await results(house)
    assert (task["about"], task["expected_on"], task["owner_team"]) == (BIOPSY, day, WARD)
    await context.close()


async def test_a_person_is_offered_only_what_they_may_say(house, page, address):
    handover_id = await house.open()
    await house.hear(described())
    offered = {}
    for who in ("staff-ward", "staff-pharmacy"):
        await sign_in(page, address, who)
        await page.goto(f"{address}/worklist/handovers/{handover_id}/happenings")
        options = await page.locator("#code option").evaluate_all("all => all.map(o => o.value)")
        offered[who] = set(options) - {""}

    assert "dms-referral-received" in offered["staff-pharmacy"] - offered["staff-ward"]
    assert "results-pending" in offered["staff-ward"] - offered["staff-pharmacy"]
    await page.goto(f"{address}/worklist/handovers/{handover_id}")
    assert await page.locator("#missing").count() == 0, "the pharmacy names no result"
