"""What is found in the services' tables at a moment, as rows in the words that a story expects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from services.rehearsal.local_time import write_moment
from services.rehearsal.responding import Sent

Row = Mapping[str, Any]
_PRIORITIES = ("routine", "urgent", "asap", "stat")

_TASKS = """
SELECT t.rule_id AS rule, t.code, t.owner_team AS owner, t.owner_person AS person, t.status,
       t.status_reason AS reason, t.not_before, t.due_at, t.closed_at, t.priority, t.skill,
       t.ladder_step AS step, t.told_teams AS told, t.working, o.team AS asked, o.state AS offer,
       h.state AS handover, t.about, t.task_id
FROM referral.tasks t JOIN referral.handovers h USING (handover_id)
LEFT JOIN referral.offers o ON o.offer_id = t.offer_id
WHERE h.patient_key = $1 ORDER BY t.due_at, t.rule_id, t.task_id
"""

_OFFERS = """
SELECT o.team AS to, o.role, o.state, o.answered_because AS because, o.from_team AS asker,
       o.redirect_count AS redirects, o.accept_by, o.unanswered, o.made_because, h.state AS handover,
       o.offer_id
FROM referral.offers o JOIN referral.handovers h USING (handover_id)
WHERE h.patient_key = $1 ORDER BY o.offer_id
"""

_HANDOVERS = """
SELECT state, closed_because AS because, purpose, sender_team AS sender, owner_team AS coordinator,
       coordinator_state, coordinator_at AS contact_team, coordinator_name AS contact,
       clock_started_at AS clock, replaces IS NOT NULL AS replaces,
       referral ->> 'state' AS referral, spell_id, handover_id
FROM referral.handovers WHERE patient_key = $1 ORDER BY handover_id
"""

_ALERTS = """
SELECT coalesce(nullif(team, ''), audience) AS to, kind, state, reason, because, made_at,
       next_attempt_at AS next_try, acknowledged_at IS NOT NULL AS acknowledged, alert_id
FROM notify.alerts WHERE patient_key = $1 ORDER BY made_at, alert_id
"""

_HISTORY = """
SELECT l.at, l.what, l.team, l.by_whom AS by, l.detail, t.rule_id AS rule
FROM referral.history l JOIN referral.handovers h USING (handover_id)
LEFT JOIN referral.tasks t ON t.task_id = l.subject
WHERE h.patient_key = $1 ORDER BY l.at, l.entry_id
"""


_LATEST_DOCUMENT = """
SELECT m.control_id, d.sender FROM discharge.documents d JOIN discharge.source_messages m USING (message_id)
WHERE d.patient_key = $1 ORDER BY d.document_id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks at everything about one patient."""

    connection: asyncpg.Connection

    async def tasks(self, key: str) -> Sequence[Row]:
        """Open and closed ones, the earliest deadline first."""
        return [
            _readable(row)
            | {
                "priority": _PRIORITIES[row["priority"]],
                "open": row["closed_at"] is None,
                "told": list(row["told"]),
                "from": _moment(row["not_before"]),
                "due": _moment(row["due_at"]),
            }
            for row in await self.connection.fetch(_TASKS, key)
        ]

    async def offers(self, key: str) -> Sequence[Row]:
        """In the order in which they were made."""
        return [
            _readable(row) | {"from": row["asker"]}
            for row in await self.connection.fetch(_OFFERS, key)
        ]

    async def handovers(self, key: str) -> Sequence[Row]:
        """In the order in which they were opened."""
        return [_readable(row) for row in await self.connection.fetch(_HANDOVERS, key)]

    async def alerts(self, key: str) -> Sequence[Row]:
        """In the order in which they were made."""
        return [_readable(row) for row in await self.connection.fetch(_ALERTS, key)]

    async def latest_document(self, key: str) -> Sent | None:
        """What a practice answers."""
        row = await self.connection.fetchrow(_LATEST_DOCUMENT, key)
        return Sent(row["control_id"], row["sender"]) if row else None

    async def history(self, key: str) -> Sequence[Row]:
        """In the order of time."""
        return [_readable(row) for row in await self.connection.fetch(_HISTORY, key)]


def _readable(row: asyncpg.Record) -> dict[str, Any]:
    return {
        name: _moment(value) if hasattr(value, "astimezone") else value
        for name, value in row.items()
    }


def _moment(at: Any) -> str:
    return write_moment(at) if at is not None else ""
