"""Every page that an application has, opened in Chromium: a page that is new and not read here fails a test."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.support.axe import assert_accessible, assert_fits

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

SIZES: "tuple[ViewportSize, ...]" = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})
"""A desk and a telephone."""
_FOR_PROGRAMS = {"/livez", "/readyz", "/metrics", "/openapi.json"}
_NOT_OURS = {"/docs"}
"""Swagger UI, which draws itself."""

Visits = Mapping[str, Mapping[str, str]]
"""Who opens which pages: the address of a route, and where to go for it."""


def pages_of(app: FastAPI) -> set[str]:
    """The addresses of everything that a browser opens; what programs ask stands in the interface."""
    return {
        route.path or ""
        for route in iter_route_contexts(app.routes)
        if "GET" in (route.methods or ())
        and not getattr(route, "include_in_schema", True)
        and not (route.path or "").startswith("/static")
    } - (_FOR_PROGRAMS | _NOT_OURS)


async def read_every_page(
    app: FastAPI,
    page: "Page",
    address: str,
    visits: Visits,
    sign_in: Callable[[str], Awaitable[None]],
    size: "ViewportSize",
) -> None:
    """Each page has one heading of the first level, fits its window, and breaks no rule."""
    opened = {route for places in visits.values() for route in places}
    assert opened == pages_of(app), f"not the same: {sorted(opened ^ pages_of(app))}"
    await page.set_viewport_size(size)
    for who, places in visits.items():
        await sign_in(who)
        for path in places.values():
            answer = await page.goto(address + path)
            assert answer is not None, path
            assert answer.status == 200, path
            assert await page.locator("h1").count() == 1, path
            await assert_accessible(page)
            await assert_fits(page)
