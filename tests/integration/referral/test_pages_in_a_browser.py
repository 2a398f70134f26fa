"""The pages as people use them: in Chromium, on a telephone, with a keyboard, without scripts, read aloud."""

import pytest

from schemas.spell import Coding
from services.chassis.ids import new_id
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    PHARMACY,
    after_asthma,
    cancelled,
    corrected,
    described,
    discharged,
    not_delivered,
    questioned,
)
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits
from tests.support.eventually import eventually
from tests.support.web import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ASTHMA = (Coding(system="http://snomed.info/sct", code="708038006"),)
WIDE = {"width": 1200, "height": 900}
SHOWN = """(() => {
    const at = document.activeElement, style = getComputedStyle(at);
    const text = (at.labels?.[0]?.textContent ?? '') + at.textContent;
    return [text, style.outlineStyle !== 'none' || style.boxShadow !== 'none'];
})()"""
"""What has the focus, and whether one sees that it has."""


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


async def a_busy_handover(house):
    """Edna's: one part accepted, one declined, one waiting; one deadline passed; one message undelivered."""
    await house.hear(described(), discharged())
    await house.pool.execute(
        "UPDATE tasks SET due_at = clock_timestamp() - interval '1 hour' WHERE rule_id = 'R01'"
    )
    await house.pool.execute("UPDATE timers SET due_at = clock_timestamp() - interval '1 hour'")
    await house.ring()
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(COMMUNITY)}/accept")
        await anybody.post(
            f"/offers/{await house.offer_to(PHARMACY)}/decline", json={"reason": "no-capacity"}
        )
    handover_id = await house.pool.fetchval("SELECT handover_id FROM handovers")
    await house.hear(not_delivered(handover_id))
    return handover_id


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"])
async def test_every_page_can_be_read_by_everybody(house, page, address, size):
    handover = f"/worklist/handovers/{await a_busy_handover(house)}"
    visits = {
        "staff-ward": ["/", "/worklist/waiting", handover, f"{handover}/withdraw"],
        "staff-elm-tree": ["/", f"/worklist/offers/{await house.offer_to(ELM_TREE)}/decline"],
        "staff-community": [f"/worklist/tasks/{(await house.task('R14'))['task_id']}"],
    }
    await page.set_viewport_size(size)

    for who, paths in visits.items():
        await sign_in(page, address, who)
        for path in paths:
            await page.goto(address + path)
            assert await page.locator("h1").count() == 1
            await assert_accessible(page)
            await assert_fits(page)


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"])
async def test_what_was_undone_and_planned_again_can_be_read_by_everybody(
    house, page, address, size
):
    left = discharged()
    await house.hear(described(identity_held=True, deceased=False), left)
    await house.hear(corrected(left, practice="Z90002", diagnoses=ASTHMA))
    await house.hear(cancelled(left), left, questioned(new_id(), "cancelled-elsewhere"))
    handovers = await house.pool.fetch("SELECT handover_id FROM handovers")
    await page.set_viewport_size(size)
    await sign_in(page, address, "staff-ward")

    for row in handovers:
        await page.goto(f"{address}/worklist/handovers/{row['handover_id']}")
        for summary in await page.locator("summary").all():
            await summary.click()
        await assert_accessible(page)
        await assert_fits(page)
    assert len(handovers) == 3


async def test_a_refused_form_can_be_read_by_everybody(house, page, address):
    await a_busy_handover(house)
    await sign_in(page, address, "staff-elm-tree")
    await page.goto(f"{address}/worklist/offers/{await house.offer_to(ELM_TREE)}/decline")

    await page.get_by_role("button", name="Decline").click()

    await page.get_by_text("There is a problem").wait_for()
    await assert_accessible(page)
    await page.get_by_role("link", name="Choose why your team declines").click()
    assert await page.evaluate("document.activeElement.name") == "reason"


async def test_an_offer_is_accepted_with_the_keyboard(house, page, address):
    await house.hear(described(), discharged())
    await sign_in(page, address, "staff-elm-tree")

    await page.get_by_role("button", name="Accept for Elm Tree Surgery: HARTLEY, Edna").focus()
    await page.keyboard.press("Enter")

    await page.get_by_text("Your team has accepted").wait_for()
    assert (await house.task("R06"))["owner_team"] == ELM_TREE


async def test_new_work_appears_without_being_asked_for(house, page, address):
    await sign_in(page, address, "staff-elm-tree")
    await page.get_by_text(
        "Nobody waits for an answer from you, and there is nothing to do."
    ).wait_for()

    await house.hear(described(), discharged())

    await page.get_by_role("link", name="HARTLEY, Edna").wait_for(timeout=20_000)


async def test_an_explanation_that_is_open_stays_open_while_the_page_refreshes(
    house, page, address
):
    handover_id = await a_busy_handover(house)
    await sign_in(page, address, "staff-ward")
    await page.goto(f"{address}/worklist/handovers/{handover_id}")
    await page.get_by_text("Why, and by when: Send the discharge summary").click()
    async with house.client() as anybody:
        await anybody.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")

    async def refreshed():
        return await page.get_by_text("until Elm Tree Surgery accepts").count() == 0

    await eventually(refreshed, timeout=20, what="the acceptance on the page")
    assert await page.get_by_text("Their practice plans the next steps").is_visible()


async def test_everything_works_without_scripts(house, browser, address):
    await house.hear(described(), discharged())
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()

    await sign_in(plain, address, "staff-elm-tree")
    await plain.get_by_role("button", name="Accept").click()
    await plain.get_by_role("link", name="Bring the practice").click()
    await plain.get_by_label("What was done (optional)").fill("Two medicines stopped")
    await plain.get_by_role("button", name="Complete task").click()

    await plain.get_by_text("The task is done.").wait_for()
    assert (await house.task("R06"))["status"] == "completed"
    await context.close()


async def test_a_ward_prints_who_it_is_what_is_due_when_and_of_when_that_is(house, page, address):
    handover_id = await a_busy_handover(house)
    await sign_in(page, address, "staff-ward")
    await page.goto(f"{address}/worklist/handovers/{handover_id}")
    assert not await page.get_by_text("As of").is_visible()

    await page.emulate_media(media="print")

    assert await page.get_by_role("heading", name="HARTLEY, Edna").is_visible()
    assert await page.get_by_text("Deadline:").first.is_visible()
    assert await page.get_by_text("Why you have it").first.is_visible()
    assert await page.get_by_text("As of").is_visible()
    for screen_only in (page.get_by_role("button"), page.get_by_role("navigation")):
        assert [each for each in await screen_only.all() if await each.is_visible()] == []
    after = await page.evaluate(
        "getComputedStyle(document.querySelector('main h3 a'), '::after').content"
    )
    assert after in ("none", "normal")


async def test_an_offer_is_found_accepted_and_done_without_a_mouse(house, page, address):
    await house.hear(described(), discharged())
    await sign_in(page, address, "staff-elm-tree")

    async def tab_to(name: str) -> None:
        """On to the next control of this name, each of which shows that it has the focus."""
        for _ in range(60):
            await page.keyboard.press("Tab")
            text, outlined = await page.evaluate(SHOWN)
            if name in text:
                assert outlined, name
                return
        raise AssertionError(name)

    await tab_to("Skip to main content")
    await page.keyboard.press("Enter")
    await tab_to("Accept for Elm Tree Surgery")
    await page.keyboard.press("Enter")
    await page.get_by_text("Your team has accepted").wait_for()
    await tab_to("Bring the practice")
    await page.keyboard.press("Enter")
    await page.get_by_label("What was done (optional)").wait_for()
    await tab_to("Take this task")
    await tab_to("What was done")
    await page.keyboard.type("Two medicines stopped")
    await tab_to("Complete task")
    await page.keyboard.press("Enter")

    await page.get_by_text("The task is done.").wait_for()
    assert (await house.task("R06"))["status"] == "completed"


async def test_no_address_and_no_title_names_a_patient(house, page, address):
    await a_busy_handover(house)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await sign_in(page, address, "staff-ward")
    for link in ("Send the discharge summary", "Handover"):
        await page.get_by_role("link", name=link).first.click()
        assert "hartley" not in (await page.title()).lower()

    assert all(url.startswith(address) for url in asked)
    assert not any(EDNA in url or "artley" in url for url in asked)


async def test_every_link_and_button_of_a_list_has_a_name_of_its_own(house, page, address):
    await house.hear(described(), discharged(), after_asthma(practice="Z90001"))
    for who in ("staff-elm-tree", "staff-ward"):
        await sign_in(page, address, who)
        for role in ("link", "button"):
            names = await page.locator("main").get_by_role(role).all_inner_texts()
            assert len(names) == len(set(names)), names
