"""The intake pages as people use them: in Chromium, on a telephone, without scripts, read aloud."""

import pytest

from tests.integration.discharge.conftest import Ward
from tests.integration.discharge.test_feeds import a_past, a_watch, counted_until
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits
from tests.support.every_page import SIZES, read_every_page
from tests.support.hospital import NHS_NUMBER, a_notification, an_adt
from tests.support.web import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDE = {"width": 1200, "height": 900}


@pytest.fixture
async def address(ward: Ward):
    async with served(ward.app) as address:
        yield address


async def sign_in(page, address, who="integration"):
    await page.context.clear_cookies()
    await page.goto(f"{address}/sign-in")
    await page.locator(f"#person-{who}").check()
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{address}/intake")


async def a_busy_day(ward: Ward):
    """A stay, a clash, a refused message, flags, a merge, a notification."""
    await ward.send(an_adt("A01", control_id="M1"))
    await ward.send(an_adt("A03", control_id="M2", method="9", practice=""))
    await ward.send(an_adt("A13", control_id="M2", sent="20260908123000"))
    await ward.send(an_adt("A03", control_id="M3", version="2.9", visit="SP-3"))
    await ward.send(an_adt("A40", "MRG|L56^^^ZTA^MR", numbers="L55^^^ZTA^MR", control_id="M4"))
    await ward.post_fhir(a_notification())
    stored = await ward.stored()
    return {row["control_id"] + row["answer"]: row["message_id"] for row in stored}


@pytest.mark.parametrize("size", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"])
async def test_every_page_can_be_read_by_everybody(ward, page, address, size):
    found = await a_busy_day(ward)
    await page.set_viewport_size(size)

    for who in ("integration", "operator"):
        await sign_in(page, address, who)
        for path in (
            "/intake",
            "/intake?show=all&flag=unknown-code",
            f"/intake/{found['M2AA']}",
            f"/intake/{found['M3AR']}",
            f"/intake/{found['M2AE']}/clash",
            "/data-quality",
            "/sources",
            "/identities",
            "/intake?first=yesterday",
        ):
            await page.goto(address + path)
            assert await page.locator("h1").count() == 1
            await assert_accessible(page)
            await assert_fits(page)


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
async def test_every_page_there_is_can_be_read_by_everybody(ward, page, address, size):
    found = await a_busy_day(ward)
    visits = {
        "integration": {
            "/": "/",
            "/sign-in": "/sign-in",
            "/intake": "/intake",
            "/intake/{message_id:uuid}": f"/intake/{found['M2AA']}",
            "/intake/{message_id:uuid}/clash": f"/intake/{found['M2AE']}/clash",
            "/data-quality": "/data-quality",
            "/sources": "/sources",
            "/identities": "/identities",
        }
    }

    await read_every_page(
        ward.app, page, address, visits, lambda who: sign_in(page, address, who), size
    )


@pytest.mark.parametrize("size", [WIDE, NARROWEST], ids=["wide", "narrowest"])
async def test_what_messages_say_can_be_read_by_everybody(ward, page, address, size):
    found = await a_busy_day(ward)
    await page.set_viewport_size(size)
    await sign_in(page, address)
    fhir = next(row["message_id"] for row in await ward.stored() if row["dialect"] == "fhir")

    for path, button in (
        (f"/intake/{found['M3AR']}", "See what it says and mend it"),
        (f"/intake/{fhir}", "See what it says"),
        (f"/intake/{found['M2AE']}/clash", "See what they say differently"),
    ):
        await page.goto(address + path)
        await page.get_by_role("button", name=button).click()
        await page.wait_for_load_state()
        await assert_accessible(page)
        await assert_fits(page)


@pytest.mark.parametrize("size", [WIDE, NARROWEST], ids=["wide", "narrowest"])
async def test_a_source_in_trouble_is_shown_with_what_to_do(ward, page, address, size):
    ward.loops["feeds"].cancel()
    await a_past(ward, per_hour=60)
    await counted_until(ward, 2)
    await a_watch(ward).look()
    await page.set_viewport_size(size)
    await sign_in(page, address, "operator")

    await page.goto(f"{address}/sources")

    await page.get_by_text("It should have sent something by now. Ring the hospital.").wait_for()
    await assert_accessible(page)
    await assert_fits(page)


async def test_a_message_is_mended_without_scripts(ward, browser, address):
    await a_busy_day(ward)
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()
    await sign_in(plain, address)

    await plain.get_by_role("link", name="A03 Discharge").first.click()
    await plain.get_by_role("button", name="See what it says and mend it").click()
    form = plain.get_by_label("The whole message")
    text = await form.input_value()
    await form.fill(text.replace("|2.9|", "|2.8|"))
    await plain.get_by_role("button", name="Take it in again").click()
    await plain.get_by_role("link", name="Answered AR").wait_for()
    await plain.get_by_label("The whole message").fill(text.replace("|2.9|", "|2.4|"))
    await plain.get_by_role("button", name="Take it in again").click()

    await plain.get_by_text("The message was taken in.").wait_for()
    assert len(await ward.said("spell.discharged")) == 2
    await context.close()


async def test_a_refused_form_leads_to_its_field(ward, page, address):
    found = await a_busy_day(ward)
    await sign_in(page, address)
    await page.goto(f"{address}/intake/{found['M2AE']}/clash")

    await page.get_by_role("button", name="Take it in as it is").click()

    await page.get_by_text("There is a problem").wait_for()
    await assert_accessible(page)
    await page.get_by_role("link", name="Say why the message is right as it is.").click()
    assert await page.evaluate("document.activeElement.name") == "reason"


async def test_a_refused_message_appears_without_being_asked_for(ward, page, address):
    await sign_in(page, address)
    await page.get_by_text("No message waits for you.").wait_for()

    await ward.send(an_adt(version="2.9"))

    await page.get_by_role("link", name="A03 Discharge").wait_for(timeout=20_000)


async def test_no_address_and_no_title_names_a_patient(ward, page, address):
    found = await a_busy_day(ward)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await sign_in(page, address)
    for message in found.values():
        await page.goto(f"{address}/intake/{message}")
        await page.get_by_role("button", name="See what it says").click()
        await page.wait_for_load_state()
        assert "shaw" not in (await page.title()).lower()

    assert all(url.startswith(address) for url in asked)
    assert not any(NHS_NUMBER in url or "shaw" in url.lower() for url in asked)


async def test_every_link_and_button_of_a_list_has_a_name_of_its_own(ward, page, address):
    await a_busy_day(ward)
    await sign_in(page, address)
    for path in ("/intake?show=all", "/data-quality", "/sources", "/identities"):
        await page.goto(address + path)
        for role in ("link", "button"):
            names = await page.locator("main").get_by_role(role).all_inner_texts()
            assert len(names) == len(set(names)), names
