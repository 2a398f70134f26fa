"""Webhooks of a team's systems: subscribe, look after the subscription, and see what became of its messages."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from services.chassis.access import Actor
from services.chassis.database import Database
from services.referral.domain.directory import Directory
from services.referral.domain.errors import NotFound
from services.referral.domain.people import Person
from services.referral.inbound.bodies import Body
from services.referral.inbound.requests import Member, Reader, teams_of
from services.referral.usecases.subscribe import (
    WebhookDesk,
    change_state,
    replay,
    rotate_secret,
    send_test,
    subscribe,
    unsubscribe,
)
from services.referral.usecases.webhook_records import (
    TOLD,
    Delivery,
    Payload,
    Subscription,
    Webhooks,
)

_SHORT = 100
_LONGEST_URL = 1000


class Subscribing(Body):
    team: Annotated[str, Field(max_length=_SHORT)]
    """Directory id of one of your teams."""
    url: Annotated[str, Field(max_length=_LONGEST_URL)]
    events: Annotated[list[Annotated[str, Field(max_length=_SHORT)]], Field(max_length=_SHORT)]
    """Types of events, or `*`."""
    payload: Payload = "ping"
    """`ping`: only that something happened; `reference`: to what, by its id and where to read it."""


@dataclass(frozen=True)
class Subscribed:
    """A new subscription."""

    subscription: Subscription
    secret: str
    """Signs its messages. It is shown this once; lose it and make another one."""


@dataclass(frozen=True)
class Webdesks:
    """What looking after webhooks needs beside who does it."""

    database: Database
    webhooks: Webhooks
    directory: Directory
    site_secret: bytes
    anywhere: bool

    def of(self, actor: Actor) -> WebhookDesk:
        """The desk of one person."""
        return WebhookDesk(
            Person(actor.ref, actor.teams),
            self.webhooks,
            self.directory,
            self.site_secret,
            self.anywhere,
        )


def webhook_commands(desks: Webdesks) -> APIRouter:
    """Below `/webhooks`."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    database = desks.database

    @router.post("", status_code=201)
    async def make(body: Subscribing, actor: Member) -> Subscribed:
        """Subscribe. Takes no Idempotency-Key, because an answer that is kept would keep the secret."""
        async with database.unit_of_work() as unit:
            made, secret = await subscribe(
                unit,
                desks.of(actor),
                team=body.team,
                url=body.url,
                events=body.events,
                payload=body.payload,
            )
        return Subscribed(made, secret)

    @router.get("")
    async def listed(actor: Reader) -> list[Subscription]:
        """The subscriptions of your teams, switched-off ones with the reason."""
        teams = teams_of(actor)
        async with database.reading() as connection:
            return await desks.webhooks.listed(connection, None if teams is None else sorted(teams))

    @router.get("/events")
    async def events(actor: Reader) -> dict[str, Any]:
        """The types of events that a subscription can be about."""
        del actor
        return {"events": TOLD}

    @router.post("/{subscription_id}/pause")
    async def pause(subscription_id: UUID, actor: Member) -> Subscription:
        """Send nothing for a while, and note nothing that happens meanwhile."""
        async with database.unit_of_work() as unit:
            return await change_state(unit, desks.of(actor), subscription_id, "paused")

    @router.post("/{subscription_id}/resume")
    async def resume(subscription_id: UUID, actor: Member) -> Subscription:
        """Let it go on, after a pause or after it was switched off."""
        async with database.unit_of_work() as unit:
            return await change_state(unit, desks.of(actor), subscription_id, "active")

    @router.post("/{subscription_id}/rotate-secret")
    async def rotate(subscription_id: UUID, actor: Member) -> dict[str, str]:
        """Another secret, shown this once. For a day messages carry the signatures of both."""
        async with database.unit_of_work() as unit:
            return {"secret": await rotate_secret(unit, desks.of(actor), subscription_id)}

    @router.delete("/{subscription_id}", status_code=204)
    async def remove(subscription_id: UUID, actor: Member) -> Response:
        """Forget it, with what still waits for it."""
        async with database.unit_of_work() as unit:
            await unsubscribe(unit, desks.of(actor), subscription_id)
        return Response(status_code=204)

    return router


def webhook_messages(desks: Webdesks) -> APIRouter:
    """The messages of a subscription: what became of them, one more for a test, one once more."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"])
    database = desks.database

    @router.post("/{subscription_id}/test")
    async def test(subscription_id: UUID, actor: Member) -> dict[str, UUID]:
        """Send a message of type `webhook.test`."""
        async with database.unit_of_work() as unit:
            return {"delivery_id": await send_test(unit, desks.of(actor), subscription_id)}

    @router.get("/{subscription_id}/deliveries")
    async def deliveries(
        subscription_id: UUID,
        actor: Reader,
        state: Literal["waiting", "delivered", "given-up"] | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
    ) -> list[Delivery]:
        """Its messages of the last month, the newest first, and what came of each."""
        teams = teams_of(actor)
        async with database.unit_of_work() as unit:
            found = await desks.webhooks.one(
                unit.connection, subscription_id, None if teams is None else sorted(teams)
            )
            if found is None:
                raise NotFound("webhook")
            return await desks.webhooks.deliveries(unit.connection, subscription_id, state, limit)

    @router.post("/{subscription_id}/deliveries/{delivery_id}/replay", status_code=202)
    async def again(subscription_id: UUID, delivery_id: UUID, actor: Member) -> dict[str, UUID]:
        """Send a message once more, under the id that it had."""
        async with database.unit_of_work() as unit:
            await replay(unit, desks.of(actor), subscription_id, delivery_id)
        return {"delivery_id": delivery_id}

    return router
