"""Show every source: when it spoke last, what was expected of it, and how it does."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.chassis.connection import Connection
from services.discharge.domain.feeds import Policy
from services.discharge.usecases.feed_ports import Feeds


async def read_feeds(
    connection: Connection, feeds: Feeds, policy: Policy, now: datetime
) -> list[dict[str, Any]]:
    """Every source, those in trouble first.

    `state` is `silent`, `refused-often`, `catching-up`, `gone` (silent for so long that it is taken to be switched
    off), `new` (nobody knows yet what to expect) or `flowing`.
    """
    return [
        {
            "organisation": row["organisation"],
            "application": row["application"],
            "state": _state(row, policy, now),
            "since": row["silent_since"] or row["refusing_since"] or row["catching_up_since"],
            "first_message_at": row["first_message_at"],
            "last_message_at": row["last_message_at"],
            "expected_per_hour": row["expected_per_hour"],
            "expected_since_last": row["expected_since_last"],
            "recent_messages": round(row["recent_messages"], 1),
            "recent_refused": round(row["recent_refused"], 1),
            "recent_late": round(row["recent_late"], 1),
            "usual_refused_share": row["usual_refused"],
            "judged_at": row["judged_at"],
        }
        for row in await feeds.read(connection)
    ]


def _state(row: Mapping[str, Any], policy: Policy, now: datetime) -> str:
    if row["silent_since"]:
        return "silent"
    if row["refusing_since"]:
        return "refused-often"
    if row["catching_up_since"]:
        return "catching-up"
    if now - row["last_message_at"] > policy.gone_after:
        return "gone"
    return "new" if row["expected_per_hour"] is None else "flowing"
