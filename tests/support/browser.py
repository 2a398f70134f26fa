"""Chromium of the machine, driven by Playwright; tests that use it are async."""

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support import report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and find_chromium() is None:
        report.miss(item.config, "needs Chromium on the PATH")


@pytest.fixture
async def browser(request: pytest.FixtureRequest) -> "AsyncIterator[Browser]":
    chromium = find_chromium()
    if chromium is None:
        report.miss(request.config, "needs Chromium on the PATH")
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        await running.close()


@pytest.fixture
async def page(browser: "Browser") -> "AsyncIterator[Page]":
    """Give a page that fails the test when a script on it breaks or the policy blocks something."""
    opened = await browser.new_page(locale="en-GB", timezone_id="Europe/London")
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.on("console", lambda said: broken.append(said.text) if _is_refusal(said.text) else None)
    yield opened
    assert broken == []


def _is_refusal(said: str) -> bool:
    return "Content Security Policy" in said
