"""Webhooks as use cases and tables hand them to each other."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from schemas.catalogue import EVENTS
from schemas.topics import HANDOVERS
from services.chassis.connection import Connection
from services.referral.domain.webhooks import Verdict

Payload = Literal["ping", "reference"]
SubscriptionState = Literal["active", "paused", "disabled"]

EVERYTHING = "*"
TEST = "webhook.test"
TOLD = tuple(sorted({event.type for event in EVENTS if event.topic == HANDOVERS}))
"""What a subscription can be about."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a team's system wants to hear of what happens."""

    subscription_id: UUID
    team: str
    url: str
    events: Sequence[str]
    payload: Payload
    state: SubscriptionState
    state_because: str
    failing_since: datetime | None
    failures: int
    """Attempts that failed since the last one that did not."""
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one subscription."""

    delivery_id: UUID
    type: str
    occurred_at: datetime
    resource: str
    state: str
    attempts: int
    next_at: datetime | None
    answer: str
    """Status of the last answer, or what went wrong."""
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A message that this process may send now."""

    delivery_id: UUID
    subscription_id: UUID
    lease: UUID
    url: str
    payload: Payload
    type: str
    occurred_at: datetime
    subject: UUID
    resource: str
    attempts: int
    """With this one."""
    failing_since: datetime | None
    salts: Sequence[bytes] = field(repr=False)
    """Of the secrets that sign it: the present one, and for a day after a change the one before."""
    now: datetime


class Webhooks(Protocol):
    """Subscriptions and their messages."""

    async def count(self, connection: Connection, team: str) -> int:
        """How many subscriptions a team has; nobody else adds one meanwhile."""
        ...

    async def add(self, connection: Connection, subscription: Subscription, salt: bytes) -> None:
        """Keep a new one."""
        ...

    async def listed(
        self, connection: Connection, teams: Sequence[str] | None
    ) -> list[Subscription]:
        """Those of these teams; None: all."""
        ...

    async def one(
        self, connection: Connection, subscription_id: UUID, teams: Sequence[str] | None
    ) -> Subscription | None:
        """One of theirs, locked."""
        ...

    async def set_state(
        self, connection: Connection, subscription_id: UUID, state: SubscriptionState
    ) -> None:
        """By its owner: what went wrong before is forgotten."""
        ...

    async def rotate(self, connection: Connection, subscription_id: UUID, salt: bytes) -> None:
        """Sign with another secret, and for a day with the one before too."""
        ...

    async def remove(self, connection: Connection, subscription_id: UUID) -> None:
        """Forget it with its messages."""
        ...

    async def send_test(self, connection: Connection, subscription_id: UUID) -> UUID:
        """Add a message that says nothing; gives its id."""
        ...

    async def deliveries(
        self, connection: Connection, subscription_id: UUID, state: str | None, limit: int
    ) -> list[Delivery]:
        """Its messages, the newest first."""
        ...

    async def replay(
        self, connection: Connection, subscription_id: UUID, delivery_id: UUID
    ) -> bool:
        """Let a message go out once more; False when there is none."""
        ...

    async def claim(
        self, connection: Connection, lease: UUID, busy: Sequence[UUID], each: int, limit: int
    ) -> list[Due]:
        """Messages that are due: at most so many of each subscription, and none of those that are busy."""
        ...

    async def settle(self, connection: Connection, due: Due, answer: str, verdict: Verdict) -> bool:
        """Write down what came of an attempt, unless another attempt was made meanwhile."""
        ...

    async def switched_off(self, connection: Connection, teams: Sequence[str] | None) -> list[str]:
        """Those of these teams whose system is told nothing any more, because it did not answer."""
        ...


def secret_of(site_secret: bytes, subscription_id: UUID, salt: bytes) -> str:
    """The signing secret, as its owner gets to see it once. It is kept nowhere: whoever has the site's makes it again."""
    said = b"baton-webhook:" + subscription_id.bytes + salt
    key = hmac.new(site_secret, said, hashlib.sha256).digest()
    return f"whsec_{base64.b64encode(key).decode()}"
