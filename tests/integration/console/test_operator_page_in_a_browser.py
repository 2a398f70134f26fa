"""The operator page as a person with a browser has it: by keyboard, on a phone, without scripts."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI

from tests.integration.console.conftest import JOURNEY, PARKED_ID, Services
from tests.support.axe import NARROWEST, PHONE, assert_accessible, assert_fits
from tests.support.every_page import SIZES, read_every_page
from tests.support.web import served

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser
PARKED = f"/parked/referral/{PARKED_ID}"
PATHS = ("/?handled=2&left=1", PARKED, f"{PARKED}/discard", f"/journey?reference={JOURNEY}")


@pytest.fixture
async def address(page_app: FastAPI, services: Services) -> AsyncIterator[str]:
    services.park("referral")
    services.away.add("notify")
    async with served(page_app) as found:
        yield found


async def sign_in(page: "Page", address: str) -> None:
    await page.goto(address)
    await page.get_by_label("Robin Ashe").check()
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Services").wait_for()


async def test_no_page_breaks_an_accessibility_rule(page: "Page", address: str) -> None:
    await sign_in(page, address)

    for path in (*PATHS, "/journey?reference=wrong"):
        await page.goto(address + path)
        await assert_accessible(page)


@pytest.mark.parametrize("size", SIZES, ids=["desk", "phone"])
async def test_every_page_there_is_can_be_read_by_everybody(
    page: "Page", page_app: FastAPI, address: str, size: "ViewportSize"
) -> None:
    visits = {
        "Robin Ashe": {
            "/": "/",
            "/sign-in": "/sign-in",
            "/parked/{service}/{parked_id}": PARKED,
            "/parked/{service}/{parked_id}/discard": f"{PARKED}/discard",
            "/journey": f"/journey?reference={JOURNEY}",
        }
    }

    await read_every_page(page_app, page, address, visits, lambda _: sign_in(page, address), size)


async def test_pages_fit_a_phone_and_the_narrowest_window(page: "Page", address: str) -> None:
    await sign_in(page, address)

    for window in (PHONE, NARROWEST):
        await page.set_viewport_size(window)
        for path in PATHS:
            await page.goto(address + path)
            await assert_fits(page)


async def test_the_page_brings_itself_up_to_date(
    page: "Page", address: str, services: Services
) -> None:
    await sign_in(page, address)
    assert await page.get_by_text("No answer").count() == 1

    services.away.clear()

    await page.get_by_text("No answer").wait_for(state="detached", timeout=10_000)


async def test_everything_works_without_scripts(browser: "Browser", address: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, address)

    await page.get_by_role("button", name="Try again").click()

    await page.get_by_text("2 went through, 1 still wait.").wait_for()

    await page.get_by_role("link", name="Give up this record").click()
    await page.get_by_role("button", name="Give up this record").click()
    await page.get_by_role("heading", name="There is a problem").wait_for()
    await page.get_by_label("Why this record need not be handled").fill("Sent twice")
    await page.get_by_role("button", name="Give up this record").click()

    await page.get_by_text("The record was given up.").wait_for()
    await context.close()
