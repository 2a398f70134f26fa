"""How a team subscribes, and how what it is told reaches it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.referral.inbound.webhook_post import WebhookPost
from services.referral.outbound.webhook_sender import WebhookSender
from services.referral.outbound.webhooks import WebhookTables
from services.referral.usecases.deliver_webhooks import Deliveries
from tests.integration.referral.conftest import (
    PHARMACY,
    SITE_SECRET,
    House,
)
from tests.support.hook import Hook, a_hook


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with a_hook() as hook:
        yield hook


async def subscribed(
    house: House, hook: Hook, team: str = PHARMACY, **changes: Any
) -> dict[str, Any]:
    given = {"team": team, "url": hook.url, "events": ["*"], "payload": "reference"}
    async with house.client(team) as client:
        answer = await client.post("/webhooks", json=given | changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    subscription: dict[str, Any] = made["subscription"]
    return subscription | {"secret": made["secret"]}


def post_of(house: House, **changes: Any) -> WebhookPost:
    sender = WebhookSender(**({"anywhere": True, "patience": 0.3} | changes))
    return WebhookPost(Deliveries(house.database, WebhookTables(), sender, SITE_SECRET.encode()))


async def deliver(house: House, **changes: Any) -> None:
    """Send what is due, until nothing is."""
    post = post_of(house, **changes)
    while await post.look():
        await post.settle_all()


async def told(house: House, subscription: dict[str, Any], team: str = PHARMACY) -> list[Any]:
    async with house.client(team) as client:
        answer = await client.get(f"/webhooks/{subscription['subscription_id']}/deliveries")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()
    return found


async def state_of(house: House, team: str = PHARMACY) -> dict[str, Any]:
    async with house.client(team) as client:
        [found] = (await client.get("/webhooks")).json()
    state: dict[str, Any] = found
    return state


async def again_later(house: House) -> None:
    """The time of the next attempt has come."""
    await house.pool.execute("UPDATE webhook_deliveries SET next_at = clock_timestamp()")
