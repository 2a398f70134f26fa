"""Send what other systems want to hear, and write down what came of it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import orjson

from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.referral.domain.webhooks import judge
from services.referral.usecases.measures import WEBHOOKS, WEBHOOKS_DISABLED
from services.referral.usecases.webhook_records import TEST, Due, Webhooks, secret_of

EACH = 4
"""Messages to one subscription at the same time: a slow one holds up nobody else."""

_log = get_logger()


class Sender(Protocol):
    """Takes messages to other systems."""

    async def send(self, url: str, message_id: UUID, body: bytes, secrets: Sequence[str]) -> str:
        """Send one, signed with these secrets; gives the status of the answer, or what went wrong. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What sending needs."""

    database: Database
    webhooks: Webhooks
    sender: Sender
    site_secret: bytes

    async def claim(self, busy: Sequence[UUID], limit: int) -> list[Due]:
        """Take what is due. Whoever ends before it is settled leaves it to the next, a minute later."""
        # One statement, asked every second: a transaction around it would be three more round trips for nothing.
        async with self.database.reading() as connection:
            return await self.webhooks.claim(connection, new_id(), busy, EACH, limit)

    async def deliver(self, due: Due) -> None:
        """Send one message and settle it."""
        secrets = [secret_of(self.site_secret, due.subscription_id, salt) for salt in due.salts]
        answer = await self.sender.send(due.url, due.delivery_id, body_of(due), secrets)
        chance = random.random()  # noqa: S311
        verdict = judge(answer, due.attempts, due.failing_since, due.now, chance)
        async with self.database.unit_of_work() as unit:
            settled = await self.webhooks.settle(unit.connection, due, answer, verdict)
        if not settled:
            return
        WEBHOOKS[verdict.state].inc()
        if verdict.disable:
            WEBHOOKS_DISABLED.inc()
            _log.warning(
                "webhook.disabled", subscription_id=due.subscription_id, reason=verdict.disable
            )


def body_of(due: Due) -> bytes:
    """Type and time; and where asked for, what it happened to. Never to whom (P01)."""
    data: dict[str, str] = {}
    if due.payload == "reference" and due.type != TEST:
        data = {"id": str(due.subject), "resource": due.resource}
    return orjson.dumps({"type": due.type, "timestamp": due.occurred_at, "data": data})
