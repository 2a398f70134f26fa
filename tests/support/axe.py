"""The accessibility rules of WCAG 2.2, level A and AA, as far as axe-core can check them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from axe_playwright_python.async_playwright import Axe

if TYPE_CHECKING:
    from playwright.async_api import Page

STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
"""WCAG 1.4.10: everything fits a window this wide without scrolling sideways."""


async def assert_accessible(page: "Page", *, but: Sequence[str] = ()) -> None:
    """The page that is open breaks no rule; `but` names parts (CSS selectors) that are not ours."""
    options = {"runOnly": {"type": "tag", "values": list(STANDARDS)}}
    context = {"exclude": [[part] for part in but]} if but else None
    found = await Axe().run(page, context=context, options=options)
    told = [
        f"{fault['id']}: {fault['help']} ({', '.join(str(node['target']) for node in fault['nodes'])})"
        for fault in found.response["violations"]
    ]
    assert told == [], f"{page.url} breaks {len(told)} rules"


async def assert_fits(page: "Page") -> None:
    """The page that is open does not scroll sideways."""
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window} px"
