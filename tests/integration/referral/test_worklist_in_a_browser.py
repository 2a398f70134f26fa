"""The list in Chromium: read by everybody, on a telephone, with the keyboard, without scripts."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.referral.clerical import clerical
from tests.integration.referral.conftest import TOM
from tests.integration.referral.test_pages_in_a_browser import address, sign_in
from tests.integration.referral.test_worklist import accepted, two_patients
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits

__all__ = ["address"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDE = {"width": 1200, "height": 900}
SIZES = pytest.mark.parametrize(
    "size", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"]
)


async def a_busy_list(house):
    """Something taken, put away, overdue, urgent, clerical, and two handovers without a contact."""
    await accepted(house)
    await clerical(house, "R06")
    await house.pool.execute("UPDATE handovers SET coordinator_state = 'missing'")
    await house.pool.execute(
        "UPDATE tasks SET priority = 2, due_at = clock_timestamp() - interval '2 hours', not_before = NULL "
        "WHERE rule_id = 'R26'"
    )
    await house.pool.execute(
        "UPDATE tasks SET owner_person = 'staff-elm-tree' WHERE task_id IN "
        "(SELECT min(task_id::text)::uuid FROM tasks WHERE rule_id = 'R06')"
    )


@SIZES
async def test_every_page_of_the_list_can_be_read_by_everybody(house, page, address, size):
    await a_busy_list(house)
    task = f"/worklist/tasks/{(await house.task('R26'))['task_id']}"
    await page.set_viewport_size(size)

    for who, paths in {
        "staff-elm-tree": [
            "/",
            "/?show=mine",
            "/?show=snoozed",
            "/worklist/bulk",
            "/reception",
            task,
        ],
        "staff-ooh": ["/", "/out-of-hours"],
    }.items():
        await sign_in(page, address, who)
        for path in paths:
            await page.goto(address + path)
            assert await page.locator("h1").count() == 1
            for summary in await page.locator("main summary").all():
                await summary.click()
            await assert_accessible(page)
            await assert_fits(page)


@SIZES
async def test_what_forms_answer_can_be_read_by_everybody(house, page, address, size):
    await a_busy_list(house)
    await page.set_viewport_size(size)
    await sign_in(page, address, "staff-elm-tree")

    await page.goto(f"{address}/reception")
    await page.get_by_label("NHS number").fill(TOM)
    await page.get_by_role("button", name="Find").click()
    await page.get_by_text("Whom to pass it to").wait_for()
    await assert_accessible(page)
    await assert_fits(page)
    assert TOM not in page.url

    await page.goto(f"{address}/worklist/bulk")
    await page.get_by_role("button", name="Do it for all").click()
    await page.get_by_text("There is a problem").wait_for()
    await assert_accessible(page)
    await page.get_by_role("checkbox").first.check()
    await page.get_by_label("Complete them").check()
    await page.get_by_role("button", name="Do it for all").click()
    await page.wait_for_url(re.compile(r"/worklist/bulk/[0-9a-f-]{36}$"))
    await assert_accessible(page)
    await assert_fits(page)


async def test_a_question_before_taking_other_peoples_work_can_be_read_by_everybody(
    house, page, address
):
    await a_busy_list(house)
    await sign_in(page, address, "staff-elm-tree-doctor")
    await page.goto(f"{address}/?skill=clerical")

    await page.get_by_role("button", name="Take Bring the practice").first.click()

    await page.get_by_role("button", name="Take it all the same").wait_for()
    await assert_accessible(page)


async def test_patients_are_walked_with_two_keys_while_the_focus_is_in_the_list(
    house, page, address
):
    await two_patients(house)
    await sign_in(page, address, "staff-elm-tree")
    names = await page.locator("section h3").all_inner_texts()

    await page.keyboard.press("j")
    outside = await page.evaluate("document.activeElement.textContent")
    await page.locator("section a").first.focus()
    await page.keyboard.press("j")
    second = await page.evaluate("document.activeElement.textContent")
    await page.keyboard.press("k")

    assert outside not in names
    assert second == names[1]
    assert await page.evaluate("document.activeElement.textContent") == names[0]


async def test_a_task_is_taken_and_put_back_with_the_keyboard(house, page, address):
    await accepted(house)
    await sign_in(page, address, "staff-elm-tree")

    await page.locator("section a").first.focus()
    await page.keyboard.press("t")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Taken by me (1)").wait_for()
    await page.get_by_role("button", name="Put back").focus()
    await page.keyboard.press("Enter")

    await page.get_by_role("link", name="Taken by me (0)").wait_for()


async def test_the_list_works_without_scripts(house, browser, address):
    await accepted(house)
    task = await house.task("R26")
    await house.pool.execute(
        "UPDATE tasks SET due_at = $2, rings_at = $2 WHERE task_id = $1",
        task["task_id"],
        datetime.now(UTC) + timedelta(hours=5),
    )
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()

    await sign_in(plain, address, "staff-elm-tree")
    await plain.get_by_label("Skill").select_option("clinical")
    await plain.get_by_role("button", name="Show").click()
    await plain.get_by_role("link", name="Taken by nobody").click()
    await plain.get_by_role("link", name="Review the patient after an asthma attack").click()
    await plain.get_by_text("Put it away for a while").click()
    await plain.get_by_label("the latest that is possible").check()
    await plain.get_by_label("Waiting for a result").check()
    await plain.get_by_role("button", name="Put it away").click()

    await plain.get_by_text("The task is put away.").wait_for()
    assert (await house.task("R26"))["snoozed_because"] == "waiting-for-result"
    await context.close()


async def test_every_link_and_button_of_the_list_has_a_name_of_its_own(house, page, address):
    await a_busy_list(house)
    await sign_in(page, address, "staff-elm-tree")

    for role in ("link", "button"):
        names = await page.locator("main").get_by_role(role).all_inner_texts()
        assert len(names) == len(set(names)), names
