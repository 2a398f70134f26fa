"""The pages as people use them: in Chromium, on a telephone, with a keyboard, without scripts, read aloud."""

import re
from datetime import timedelta

import pytest

from schemas.alert import ReplyReceived
from schemas.offer import OfferMade
from services.chassis.ids import new_id
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits
from tests.support.eventually import eventually
from tests.support.every_page import SIZES, read_every_page
from tests.support.web import served
from tests.unit.notify.builders import COMMUNITY, ELM_TREE, TWENTY_POINTS
from tests.unit.notify.facts import (
    a_task_made,
    accepted,
    appointment,
    contact_named,
    described,
    escalated,
    offered_on,
    opened,
    redirected,
    referral_changed,
    referred,
    unanswered,
    warned,
    withdrawn,
)

pytestmark = pytest.mark.browser


@pytest.fixture
async def address(house):
    async with served(house.app()) as address:
        yield address


async def link_of(house) -> str:
    """The path in whatever Edna was sent, by mail or by letter."""
    await house.deliver()
    texts = [mail.body for mail in house.mails_to("edna@patients.example.net")]
    texts += [letter.read_text(encoding="utf-8") for letter in house.letters()]
    return re.search(r"/p/[\w-]+", "".join(texts)).group()


async def sign_in(page, address, who="staff-elm-tree"):
    await page.goto(f"{address}/alerts-inbox")
    await page.locator(f"#person-{who}").check()
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/alerts-inbox")


@pytest.mark.parametrize("needs", [(), (TWENTY_POINTS,)])
async def test_a_patient_can_read_the_plan_on_any_screen(house, page, address, needs):
    handover = opened(at=house.now)
    await house.hear(described(needs=needs), handover, accepted(handover))
    link = await link_of(house)

    for size in ({"width": 1200, "height": 900}, PHONE, NARROWEST):
        await page.set_viewport_size(size)
        await page.goto(address + link)
        await assert_accessible(page)
        await assert_fits(page)
    smallest = await page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('main p, main h2, main li a')]
            .map(part => parseFloat(getComputedStyle(part).fontSize)))"""
    )
    assert smallest >= (26.6 if needs else 16)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
async def test_every_page_there_is_can_be_read_by_everybody(house, page, address, size):
    handover = opened(at=house.now)
    await house.hear(described(), handover, accepted(handover))
    link = await link_of(house)
    visits = {
        "staff-elm-tree": {"/": "/", "/sign-in": "/sign-in", "/alerts-inbox": "/alerts-inbox"},
        "the patient": {
            "/p/{token}": link,
            "/p/{token}/worse": f"{link}/worse",
            "/p/{token}/contact": f"{link}/contact",
        },
    }

    async def comes(who):
        await page.context.clear_cookies()
        if who != "the patient":
            await sign_in(page, address, who)

    await read_every_page(house.app(), page, address, visits, comes, size)


async def test_the_plan_changes_while_it_is_read(house, page, address):
    handover = opened(at=house.now)
    await house.hear(described(), handover)
    link = await link_of(house)
    await page.goto(address + link)
    assert "has been asked" in await page.locator("main").inner_text()

    await house.hear(accepted(handover))
    await page.evaluate(
        "htmx.ajax('GET', location.pathname, {target: '#plan', select: '#plan', swap: 'outerMorph'})"
    )

    async def shown():
        return "Elm Tree Surgery has accepted this." in await page.locator("main").inner_text()

    await eventually(shown, what="the acceptance on the page")


async def test_the_plan_needs_no_scripts(house, browser, address):
    await house.hear(described(), opened(at=house.now))
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()

    await plain.goto(address + await link_of(house))

    assert "Elm Tree Surgery" in await plain.locator("main").inner_text()


async def test_the_page_asks_nobody_else_for_anything(house, page, address):
    await house.hear(described(), opened(at=house.now))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    await page.goto(address + await link_of(house))

    assert asked
    assert all(url.startswith(address) for url in asked)
    assert not any("/p/" in url for url in asked[1:])


async def test_a_closed_link_is_a_page_that_can_be_read(page, address):
    for size in (PHONE, NARROWEST):
        await page.set_viewport_size(size)
        await page.goto(f"{address}/p/{'x' * 43}")
        await assert_accessible(page)
        await assert_fits(page)
    assert await page.get_by_role("link", name="01632 960100").count() == 1


async def test_markup_in_data_is_shown_and_not_obeyed(house, page, address):
    offer = new_id()
    await house.hear(
        described(),
        opened(
            at=house.now,
            offers=(OfferMade(offer_id=offer, team=ELM_TREE, role="gp-practice"),),
            tasks=(a_task_made("<script>document.title='broken'</script>", offer_id=offer),),
        ),
    )
    await page.goto(address + await link_of(house))

    assert await page.title() == "What happens next"


async def test_a_letter_is_a_page_that_can_be_read(house, page):
    await house.hear(described(needs=(TWENTY_POINTS,)), opened(at=house.now))
    await house.deliver()
    (letter,) = house.letters()

    await page.set_content(letter.read_text(encoding="utf-8"))

    await assert_accessible(page)
    size = await page.evaluate("getComputedStyle(document.querySelector('li')).fontSize")
    assert float(size.removesuffix("px")) >= 26.6


async def test_a_team_can_work_its_inbox_on_any_screen(house, page, address):
    handover = opened(at=house.now)
    await house.hear(described(), handover, escalated(handover, ELM_TREE))
    await sign_in(page, address)

    for size in ({"width": 1200, "height": 900}, PHONE, NARROWEST):
        await page.set_viewport_size(size)
        await page.goto(f"{address}/alerts-inbox")
        await assert_accessible(page)
        await assert_fits(page)


async def test_a_team_says_with_the_keyboard_that_it_has_seen_an_alert(house, page, address):
    await house.hear(described(), opened(at=house.now))
    await sign_in(page, address)

    await page.get_by_role("button", name="We have seen this").focus()
    await page.keyboard.press("Enter")

    await page.get_by_text("Seen", exact=True).first.wait_for()
    assert await page.get_by_role("button", name="We have seen this").count() == 0


async def test_a_team_that_is_told_to_stop_sees_it_first_and_says_that_it_has(house, page, address):
    handover = opened(at=house.now)
    await house.hear(described(), handover)
    await house.deliver()
    await house.hear(opened(at=house.now), withdrawn(handover))
    await sign_in(page, address)

    for size in ({"width": 1200, "height": 900}, PHONE, NARROWEST):
        await page.set_viewport_size(size)
        await page.goto(f"{address}/alerts-inbox")
        await assert_accessible(page)
        await assert_fits(page)
    assert await page.locator("main h2").first.inner_text() == "Withdrawn: stop"

    await page.get_by_role("button", name="We have stopped").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Seen", exact=True).first.wait_for()
    assert await page.get_by_role("button", name="We have stopped").count() == 0


async def test_a_new_alert_appears_without_being_asked_for(house, page, address):
    await sign_in(page, address)
    await page.get_by_text("There are no alerts for your team.").wait_for()

    await house.hear(described(), opened(at=house.now))

    await page.get_by_role("heading", name="New handover: 1 task asked of you").wait_for(
        timeout=15_000
    )


async def test_every_link_and_button_of_a_list_has_a_name_of_its_own(house, page, address):
    await house.hear(opened(at=house.now))
    await house.hear(opened(at=house.now))
    await sign_in(page, address)

    for role in ("link", "button"):
        names = await page.locator("main").get_by_role(role).all_inner_texts()
        assert len(names) == len(set(names)) >= 2


EVERY_SCREEN = ({"width": 1200, "height": 900}, PHONE, NARROWEST)


@pytest.mark.parametrize("needs", [(), (TWENTY_POINTS,)])
async def test_a_patient_who_waits_reads_answers_and_is_heard_on_any_screen(
    house, page, address, needs
):
    handover = referred()
    starts_at = house.now + timedelta(days=9)
    await house.hear(described(needs=needs), handover, contact_named(handover))
    await house.hear(
        referral_changed(handover, "booked"), appointment(handover, "booked", starts_at)
    )
    link = address + await link_of(house)

    for path in ("", "/worse", "/contact"):
        for size in EVERY_SCREEN:
            await page.set_viewport_size(size)
            await page.goto(link + path)
            await assert_accessible(page)
            await assert_fits(page)

    await page.goto(link)
    await page.get_by_role("link", name="I am getting worse while I wait").click()
    await page.wait_for_url("**/worse")
    await page.get_by_role("button", name="Yes, tell them that I am getting worse").click()
    await page.wait_for_url(link)
    await page.get_by_text("You told us on").wait_for()
    await assert_accessible(page)
    (said,) = await house.said(ReplyReceived)
    assert said.reply == "getting-worse"


async def test_a_patient_chooses_a_contact_with_the_keyboard_and_without_scripts(
    house, browser, address
):
    handover = referred()
    await house.hear(described(), handover, contact_named(handover))
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()
    link = address + await link_of(house)

    await plain.goto(f"{link}/contact")
    await plain.get_by_role("button", name="Ask for this contact").press("Enter")
    await plain.get_by_text("Choose who should be your contact").first.wait_for()
    await plain.get_by_label("Fellside Community Nursing").check()
    await plain.get_by_role("button", name="Ask for this contact").press("Enter")
    await plain.wait_for_url(link)
    assert "You asked for Fellside Community Nursing" in await plain.locator("main").inner_text()
    (said,) = await house.said(ReplyReceived)
    assert (said.reply, said.team) == ("coordinator-changed", COMMUNITY)


async def test_a_teams_list_with_every_kind_of_news_is_read_on_any_screen(house, page, address):
    handover = opened(at=house.now)
    await house.hear(described(), handover, warned(handover, ELM_TREE))
    await house.hear(
        escalated(handover, ELM_TREE),
        escalated(handover, ELM_TREE, milestone="breach+1wd", step=2),
        unanswered(handover, ELM_TREE),
        redirected(handover, COMMUNITY),
        offered_on(handover, ELM_TREE, tasks=(0,), owner=COMMUNITY),
    )
    await sign_in(page, address)

    for size in EVERY_SCREEN:
        await page.set_viewport_size(size)
        await page.goto(f"{address}/alerts-inbox")
        await assert_accessible(page)
        await assert_fits(page)
    text = await page.locator("main").inner_text()
    for words in (
        "Half of the time has passed",
        "Still late, task still open",
        "has not answered in time",
        "You are asked to take over 1 task",
        "Goes with the next daily e-mail",
    ):
        assert words in text
