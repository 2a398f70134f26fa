from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits
from tests.support.web import NURSE, served, some_app

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with served(some_app()) as found:
        yield found


async def sign_in(page: "Page", address: str) -> None:
    await page.goto(f"{address}/worklist")
    await page.get_by_label(NURSE.name).check()
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{address}/worklist")  # and until it has loaded: a click waits less


async def test_no_page_breaks_an_accessibility_rule(page: "Page", address: str) -> None:
    await page.goto(f"{address}/sign-in")
    await assert_accessible(page)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("alert").wait_for()
    assert await page.title() == "Error: Sign in - Baton example"
    await assert_accessible(page)

    await sign_in(page, address)
    for path in ("/worklist?done=true", "/no/such", "/fault"):
        await page.goto(address + path)
        await assert_accessible(page)


async def test_pages_fit_the_narrowest_window(page: "Page", address: str) -> None:
    for window in (NARROWEST, PHONE):
        await page.set_viewport_size(window)
        for path in ("/sign-in", "/no/such"):
            await page.goto(address + path)
            await assert_fits(page)


async def test_nothing_is_asked_of_another_host(page: "Page", address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await sign_in(page, address)
    await page.goto(f"{address}/docs")
    await page.get_by_text("/wishes").first.wait_for()

    assert [url for url in asked if not url.startswith((address, "data:"))] == []


async def test_a_list_brings_itself_up_to_date_and_focus_stays(
    page: "Page", browser: "Browser", address: str
) -> None:
    await sign_in(page, address)
    await page.get_by_role("link", name="Review").focus()
    colleague = await browser.new_page()
    await sign_in(colleague, address)

    await colleague.get_by_role("button", name="Take the task").click()
    await page.get_by_text("Taken: 1").wait_for()

    assert await page.evaluate("document.activeElement.textContent") == "Review"
    await colleague.close()


@pytest.mark.parametrize(("nonce", "acts"), [("", False), ("guessed", False), ("ours", True)])
async def test_markup_that_slips_in_cannot_act_without_the_nonce(
    page: "Page", address: str, nonce: str, acts: bool
) -> None:
    await sign_in(page, address)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    await page.evaluate(
        """nonce => {
            const ours = document.querySelector("script[nonce]").nonce;
            const part = document.createElement("b");
            part.setAttribute("hx-get", "/slipped-in");
            part.setAttribute("hx-trigger", "load");
            if (nonce) part.setAttribute("hx-nonce", nonce === "ours" ? ours : nonce);
            document.querySelector("main").append(part);
            htmx.process(part);
        }""",
        nonce,
    )
    async with page.expect_response(f"{address}/worklist"):
        pass  # the list has asked for itself since, so the part had its chance

    assert (f"{address}/slipped-in" in asked) is acts


async def test_the_keyboard_meets_the_skip_link_first_and_it_leads_to_the_content(
    page: "Page", address: str
) -> None:
    await page.goto(f"{address}/sign-in")

    await page.keyboard.press("Tab")
    assert (
        await page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    )
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "maincontent"


async def test_everything_works_without_scripts(browser: "Browser", address: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, address)

    await page.get_by_role("button", name="Take the task").click()
    await page.get_by_text("The task was taken.").wait_for()

    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"{address}/sign-in")
    await context.close()


async def test_a_form_on_another_site_does_nothing(page: "Page", address: str) -> None:
    await sign_in(page, address)
    foreign = f'<form method="post" action="{address}/worklist"><input name="task"><button>Win</button></form>'
    await page.route(
        "http://elsewhere.test/",
        lambda route: route.fulfill(body=foreign, content_type="text/html"),
    )
    await page.goto("http://elsewhere.test/")

    await page.get_by_role("button", name="Win").click()

    await page.wait_for_url(f"{address}/worklist")
    assert "page of another site" in await page.content()
    await page.goto(f"{address}/worklist")
    assert "Taken: 0" in await page.content()
