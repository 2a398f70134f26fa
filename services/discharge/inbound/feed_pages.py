"""The page of the sources: which speak as they usually do, and which are silent or in trouble."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.database import Database
from services.chassis.pages import Pages
from services.discharge.domain.feeds import Policy
from services.discharge.inbound.listing import Staff
from services.discharge.inbound.message_cards import Tag
from services.discharge.usecases.feed_ports import Feeds
from services.discharge.usecases.read_feeds import read_feeds

FEEDS = "/sources"

_STATES: Mapping[str, tuple[Tag, str]] = {
    "silent": (Tag("Silent", "red"), "It should have sent something by now. Ring the hospital."),
    "refused-often": (Tag("Refused often", "orange"), "More of it is refused than usual."),
    "catching-up": (Tag("Catching up", "yellow"), "It sends what happened while it was away."),
    "gone": (Tag("Gone", "grey"), "Silent for so long that it is taken to be switched off."),
    "new": (Tag("New", "blue"), "What to expect of it is not known yet."),
    "flowing": (Tag("Flowing", "green"), ""),
}


def feed_pages(database: Database, feeds: Feeds, policy: Policy, pages: Pages) -> APIRouter:
    """`/sources`."""
    router = APIRouter(include_in_schema=False)

    @router.get(FEEDS)
    async def sources(request: Request, _: Staff) -> HTMLResponse:
        async with database.reading() as connection:
            found = await read_feeds(connection, feeds, policy, datetime.now(UTC))
        return pages.render(request, "intake-sources.html", feeds=[_card(feed) for feed in found])

    return router


def _card(feed: Mapping[str, Any]) -> dict[str, Any]:
    tag, meaning = _STATES[feed["state"]]
    organisation, application = feed["organisation"], feed["application"]
    expected, since = feed["expected_per_hour"], feed["expected_since_last"]
    return {
        "organisation": organisation or "Unknown",
        "application": application,
        "source": f"{organisation}/{application}" if application else organisation,
        "tag": tag,
        "meaning": meaning,
        "since": feed["since"],
        "last": feed["last_message_at"],
        "expected": "Not known yet" if expected is None else f"{expected:.0f} an hour",
        "missed": "" if since is None else f"{since:.0f} expected since its last message",
    }
