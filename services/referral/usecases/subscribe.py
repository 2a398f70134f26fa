"""Let a team's system subscribe to what happens, and look after its subscription."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.directory import Directory
from services.referral.domain.errors import NotFound, TeamUnknown
from services.referral.domain.people import Person
from services.referral.domain.webhook_errors import (
    EventUnknown,
    NotYourTeam,
    TargetRefused,
    TooMany,
)
from services.referral.domain.webhooks import is_public
from services.referral.usecases.webhook_records import (
    EVERYTHING,
    TOLD,
    Payload,
    Subscription,
    SubscriptionState,
    Webhooks,
    secret_of,
)

MOST_OF_A_TEAM = 10
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class WebhookDesk:
    """Who looks after webhooks, and what they are checked against."""

    person: Person
    webhooks: Webhooks
    directory: Directory
    site_secret: bytes
    anywhere: bool
    """Whether addresses of this machine and its neighbours, and plain http, are good enough: never when live."""

    @property
    def teams(self) -> Sequence[str] | None:
        """Whose subscriptions this person looks after; None: all."""
        return None if self.person.speaks_for("*") else sorted(self.person.teams)


async def subscribe(
    unit: UnitOfWork,
    desk: WebhookDesk,
    *,
    team: str,
    url: str,
    events: Sequence[str],
    payload: Payload,
) -> tuple[Subscription, str]:
    """Make a subscription; gives it with its secret, which is not shown again."""
    if not desk.person.speaks_for(team):
        raise NotYourTeam
    if team not in desk.directory.teams:
        raise TeamUnknown
    if not events or any(event not in TOLD and event != EVERYTHING for event in events):
        raise EventUnknown
    check_target(url, anywhere=desk.anywhere)
    if await desk.webhooks.count(unit.connection, team) >= MOST_OF_A_TEAM:
        raise TooMany(MOST_OF_A_TEAM)
    made = Subscription(
        subscription_id=new_id(),
        team=team,
        url=url,
        events=sorted(set(events)),
        payload=payload,
        state="active",
        state_because="",
        failing_since=None,
        failures=0,
        made_at=unit.now,
        made_by=desk.person.ref,
    )
    salt = secrets.token_bytes(_SALT_BYTES)
    await desk.webhooks.add(unit.connection, made, salt)
    return made, secret_of(desk.site_secret, made.subscription_id, salt)


async def change_state(
    unit: UnitOfWork, desk: WebhookDesk, subscription_id: UUID, state: SubscriptionState
) -> Subscription:
    """Pause it, or let it go on: what waited meanwhile goes out then."""
    subscription = await _mine(unit, desk, subscription_id)
    await desk.webhooks.set_state(unit.connection, subscription_id, state)
    return replace(subscription, state=state, state_because="", failing_since=None, failures=0)


async def rotate_secret(unit: UnitOfWork, desk: WebhookDesk, subscription_id: UUID) -> str:
    """Give it another secret. For a day messages carry the signatures of both."""
    await _mine(unit, desk, subscription_id)
    salt = secrets.token_bytes(_SALT_BYTES)
    await desk.webhooks.rotate(unit.connection, subscription_id, salt)
    return secret_of(desk.site_secret, subscription_id, salt)


async def unsubscribe(unit: UnitOfWork, desk: WebhookDesk, subscription_id: UUID) -> None:
    """Forget it, with what still waits for it."""
    await _mine(unit, desk, subscription_id)
    await desk.webhooks.remove(unit.connection, subscription_id)


async def send_test(unit: UnitOfWork, desk: WebhookDesk, subscription_id: UUID) -> UUID:
    """Send it a message that says nothing; gives the message's id."""
    await _mine(unit, desk, subscription_id)
    return await desk.webhooks.send_test(unit.connection, subscription_id)


async def replay(
    unit: UnitOfWork, desk: WebhookDesk, subscription_id: UUID, delivery_id: UUID
) -> None:
    """Send a message once more, under the id that it had."""
    await _mine(unit, desk, subscription_id)
    if not await desk.webhooks.replay(unit.connection, subscription_id, delivery_id):
        raise NotFound("delivery")


async def _mine(unit: UnitOfWork, desk: WebhookDesk, subscription_id: UUID) -> Subscription:
    found = await desk.webhooks.one(unit.connection, subscription_id, desk.teams)
    if found is None:
        raise NotFound("webhook")
    return found


def check_target(url: str, *, anywhere: bool) -> None:
    """Raises `TargetRefused` for an address that messages must not go to. Where its name leads is looked at each time."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise TargetRefused("Write the address in plain ASCII, without spaces.")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise TargetRefused("This is no usable address.") from None
    if parts.scheme != "https" and not (anywhere and parts.scheme == "http"):
        raise TargetRefused("The address must begin with https.")
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise TargetRefused(
            "The address needs a host, and may carry neither a name nor a fragment."
        )
    if not anywhere and not _leads_out(host):
        raise TargetRefused("The address must be one of the open internet.")


def _leads_out(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." in host.rstrip(".") and not host.rstrip(".").endswith(
            (".local", ".internal", ".localhost")
        )
    return is_public(host)
