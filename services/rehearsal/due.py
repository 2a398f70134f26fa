"""What the services have to do at a moment, and when they have something to do next: asked of all tables at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

_TIMERS: Final = ("discharge", "referral", "notify")
_OTHERS: Final = ("alerts", "recalls", "nation")

_LOOK: Final = """
SELECT
    ARRAY(
        SELECT 'discharge' WHERE EXISTS (SELECT FROM discharge.outbox_pending)
        UNION ALL SELECT 'referral' WHERE EXISTS (SELECT FROM referral.outbox_pending)
        UNION ALL SELECT 'notify' WHERE EXISTS (SELECT FROM notify.outbox_pending)
    ) AS post,
    (SELECT min(due_at) FROM discharge.timers WHERE rung_at IS NULL AND cancelled_at IS NULL) AS discharge,
    (SELECT min(due_at) FROM referral.timers WHERE rung_at IS NULL AND cancelled_at IS NULL) AS referral,
    (SELECT min(due_at) FROM notify.timers WHERE rung_at IS NULL AND cancelled_at IS NULL) AS notify,
    (SELECT min(next_attempt_at) FROM notify.alerts WHERE state = 'waiting' AND lease_until IS NULL) AS alerts,
    (SELECT min(wanted_at) FROM notify.recalls WHERE ended_at IS NULL) AS recalls,
    (SELECT min(next_try_at) FROM discharge.national_events WHERE state = 'waiting') AS nation,
    EXISTS (SELECT FROM discharge.parked WHERE resolved_at IS NULL)
        OR EXISTS (SELECT FROM referral.parked WHERE resolved_at IS NULL)
        OR EXISTS (SELECT FROM notify.parked WHERE resolved_at IS NULL) AS parked
"""


@dataclass(frozen=True, slots=True)
class Due:
    """One look: whose outbox has something in it, and the earliest moment of each kind of work."""

    post: frozenset[str]
    timers: frozenset[str]
    """Services with a timer whose time has come."""
    alerts: bool
    recalls: bool
    nation: bool
    parked: bool
    next_at: datetime | None
    """The earliest moment of all, past or to come; None: nothing will ever happen by itself."""

    @property
    def now(self) -> bool:
        """Whether there is something to do at this moment."""
        return bool(self.post or self.timers or self.alerts or self.recalls or self.nation)


async def look(connection: asyncpg.Connection, now: datetime) -> Due:
    """Ask every table that somebody works from."""
    row = await connection.fetchrow(_LOOK)
    assert row is not None
    moments = {name: row[name] for name in (*_TIMERS, *_OTHERS) if row[name] is not None}
    ripe = {name for name, at in moments.items() if at <= now}
    return Due(
        post=frozenset(row["post"]),
        timers=frozenset(ripe & set(_TIMERS)),
        alerts="alerts" in ripe,
        recalls="recalls" in ripe,
        nation="nation" in ripe,
        parked=row["parked"],
        next_at=min(moments.values(), default=None),
    )
