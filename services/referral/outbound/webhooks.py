"""Subscriptions to webhooks and their messages in their tables."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.domain.webhooks import Verdict
from services.referral.usecases.webhook_records import (
    TEST,
    Delivery,
    Due,
    Subscription,
    SubscriptionState,
)

_SHOWN = """
SELECT subscription_id, team, url, events, payload, state, state_because, failing_since, failures, made_at, made_by
FROM webhook_subscriptions
"""
_LISTED = _SHOWN + "WHERE $1::text[] IS NULL OR team = ANY($1) ORDER BY subscription_id LIMIT 1000"
_ONE = _SHOWN + "WHERE subscription_id = $1 AND ($2::text[] IS NULL OR team = ANY($2)) FOR UPDATE"
_ADD = """
INSERT INTO webhook_subscriptions (subscription_id, team, url, events, payload, salt, made_at, made_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_SET_STATE = """
UPDATE webhook_subscriptions SET state = $2, state_because = '', failing_since = NULL, failures = 0
WHERE subscription_id = $1
"""
_ROTATE = """
UPDATE webhook_subscriptions
SET previous_salt = salt, previous_until = clock_timestamp() + interval '1 day', salt = $2
WHERE subscription_id = $1
"""
_TEST = """
INSERT INTO webhook_deliveries (subscription_id, type, occurred_at, subject, resource)
VALUES ($1, $2, clock_timestamp(), $1, '') RETURNING delivery_id
"""
_DELIVERIES = """
SELECT delivery_id, type, occurred_at, resource, state, attempts, answer, made_at, ended_at,
       CASE WHEN state = 'waiting' THEN next_at END AS next_at
FROM webhook_deliveries
WHERE subscription_id = $1 AND ($2::text IS NULL OR state = $2)
ORDER BY made_at DESC, delivery_id DESC LIMIT $3
"""
_REPLAY = """
UPDATE webhook_deliveries
SET state = 'waiting', attempts = 0, next_at = clock_timestamp(), lease = NULL, ended_at = NULL
WHERE subscription_id = $1 AND delivery_id = $2 RETURNING delivery_id
"""
# Subscription by subscription, so that one with much to hear does not keep the others waiting.
_CLAIM = """
WITH due AS (
    SELECT next.delivery_id FROM webhook_subscriptions s
    CROSS JOIN LATERAL (
        SELECT d.delivery_id FROM webhook_deliveries d
        WHERE d.subscription_id = s.subscription_id AND d.state = 'waiting' AND d.next_at <= clock_timestamp()
        ORDER BY d.next_at LIMIT $3 FOR UPDATE SKIP LOCKED
    ) AS next
    WHERE s.state = 'active' AND NOT s.subscription_id = ANY($2::uuid[])
    LIMIT $4
)
UPDATE webhook_deliveries d
SET lease = $1, attempts = d.attempts + 1, next_at = clock_timestamp() + interval '1 minute'
FROM due JOIN webhook_deliveries again USING (delivery_id) JOIN webhook_subscriptions s USING (subscription_id)
WHERE d.delivery_id = due.delivery_id
RETURNING d.delivery_id, d.subscription_id, d.type, d.occurred_at, d.subject, d.resource, d.attempts,
          s.url, s.payload, s.failing_since, s.salt,
          CASE WHEN s.previous_until > clock_timestamp() THEN s.previous_salt END AS previous_salt,
          clock_timestamp() AS now
"""
_SETTLE = """
UPDATE webhook_deliveries
SET state = $3, answer = $4, lease = NULL,
    next_at = CASE WHEN $5::interval IS NULL THEN next_at ELSE clock_timestamp() + $5 END,
    ended_at = CASE WHEN $3 <> 'waiting' THEN clock_timestamp() END
WHERE delivery_id = $1 AND lease = $2 RETURNING delivery_id
"""
_HEARD = """
UPDATE webhook_subscriptions SET failing_since = NULL, failures = 0 WHERE subscription_id = $1 AND failures > 0
"""
_NOT_HEARD = """
UPDATE webhook_subscriptions
SET failing_since = coalesce(failing_since, clock_timestamp()), failures = failures + 1,
    state = CASE WHEN $2 <> '' THEN 'disabled' ELSE state END,
    state_because = CASE WHEN $2 <> '' THEN $2 ELSE state_because END
WHERE subscription_id = $1
"""
_SWITCHED_OFF = """
SELECT DISTINCT team FROM webhook_subscriptions WHERE state = 'disabled' AND ($1::text[] IS NULL OR team = ANY($1))
"""


class WebhookTables:
    """Implements `usecases.webhook_records.Webhooks`."""

    async def count(self, connection: Connection, team: str) -> int:
        await connection.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('webhooks of ' || $1, 0))", team
        )
        found: int = await connection.fetchval(
            "SELECT count(*) FROM webhook_subscriptions WHERE team = $1", team
        )
        return found

    async def add(self, connection: Connection, subscription: Subscription, salt: bytes) -> None:
        await connection.execute(
            _ADD,
            subscription.subscription_id,
            subscription.team,
            subscription.url,
            subscription.events,
            subscription.payload,
            salt,
            subscription.made_at,
            subscription.made_by,
        )

    async def listed(
        self, connection: Connection, teams: Sequence[str] | None
    ) -> list[Subscription]:
        return [Subscription(**dict(row)) for row in await connection.fetch(_LISTED, teams)]

    async def one(
        self, connection: Connection, subscription_id: UUID, teams: Sequence[str] | None
    ) -> Subscription | None:
        row = await connection.fetchrow(_ONE, subscription_id, teams)
        return Subscription(**dict(row)) if row else None

    async def set_state(
        self, connection: Connection, subscription_id: UUID, state: SubscriptionState
    ) -> None:
        await connection.execute(_SET_STATE, subscription_id, state)

    async def rotate(self, connection: Connection, subscription_id: UUID, salt: bytes) -> None:
        await connection.execute(_ROTATE, subscription_id, salt)

    async def remove(self, connection: Connection, subscription_id: UUID) -> None:
        await connection.execute(
            "DELETE FROM webhook_subscriptions WHERE subscription_id = $1", subscription_id
        )

    async def send_test(self, connection: Connection, subscription_id: UUID) -> UUID:
        made: UUID = await connection.fetchval(_TEST, subscription_id, TEST)
        return made

    async def deliveries(
        self, connection: Connection, subscription_id: UUID, state: str | None, limit: int
    ) -> list[Delivery]:
        rows = await connection.fetch(_DELIVERIES, subscription_id, state, limit)
        return [Delivery(**dict(row)) for row in rows]

    async def replay(
        self, connection: Connection, subscription_id: UUID, delivery_id: UUID
    ) -> bool:
        return await connection.fetchval(_REPLAY, subscription_id, delivery_id) is not None

    async def claim(
        self, connection: Connection, lease: UUID, busy: Sequence[UUID], each: int, limit: int
    ) -> list[Due]:
        rows = await connection.fetch(_CLAIM, lease, list(busy), each, limit)
        return [_due(row, lease) for row in rows]

    async def settle(self, connection: Connection, due: Due, answer: str, verdict: Verdict) -> bool:
        settled = await connection.fetchval(
            _SETTLE, due.delivery_id, due.lease, verdict.state, answer, verdict.next_in
        )
        if settled is None:
            return False
        if verdict.state == "delivered":
            await connection.execute(_HEARD, due.subscription_id)
        else:
            await connection.execute(_NOT_HEARD, due.subscription_id, verdict.disable)
        return True

    async def switched_off(self, connection: Connection, teams: Sequence[str] | None) -> list[str]:
        rows = await connection.fetch(_SWITCHED_OFF, teams)
        return [row["team"] for row in rows]


def _due(row: asyncpg.Record, lease: UUID) -> Due:
    return Due(
        delivery_id=row["delivery_id"],
        subscription_id=row["subscription_id"],
        lease=lease,
        url=row["url"],
        payload=row["payload"],
        type=row["type"],
        occurred_at=row["occurred_at"],
        subject=row["subject"],
        resource=row["resource"],
        attempts=row["attempts"],
        failing_since=row["failing_since"],
        salts=[salt for salt in (row["salt"], row["previous_salt"]) if salt],
        now=row["now"],
    )
