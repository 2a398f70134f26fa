"""Who did what, from the history of handovers and the change points of owners."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.usecases.record_views import EARLIEST, LATEST, DeedRecord, Sought

# A task, a request or an appointment, and what of its handover's history is about it.
_TARGETS = """
WITH target AS (
    SELECT 'Task' AS target_type, t.task_id AS target_id, t.handover_id, ARRAY[t.task_id, t.offer_id] AS subjects
    FROM tasks t WHERE t.task_id = ANY($2::uuid[])
    UNION ALL
    SELECT 'ServiceRequest', s.service_request, f.handover_id, ARRAY[s.service_request, f.referral_id, f.handover_id]
    FROM service_requests s JOIN referrals f USING (referral_id) WHERE s.service_request = ANY($2)
    UNION ALL
    SELECT 'Appointment', a.appointment_id, a.handover_id, ARRAY[a.appointment_id]
    FROM appointments a WHERE a.appointment_id = ANY($2)
), seen AS (
    SELECT * FROM target
    WHERE $1::text[] IS NULL
       OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($1) AND p.handover_id = target.handover_id)
), deeds AS (
    SELECT s.target_type, s.target_id, e.entry_id AS row_id, e.entry_id, e.at, e.what, e.team, e.by_whom
    FROM seen s JOIN history e ON e.handover_id = s.handover_id AND e.subject = ANY(s.subjects)
    UNION ALL
    SELECT s.target_type, s.target_id, s.target_id, NULL, w.since,
           CASE WHEN w.since = min(w.since) OVER (PARTITION BY w.subject) THEN 'owner.first' ELSE 'owner.changed' END,
           w.team, w.moved_by
    FROM seen s JOIN ownership w ON w.subject = s.target_id
)
SELECT target_type, target_id, row_id, entry_id, at, what, team, by_whom FROM deeds
"""
_SEARCH = """
WHERE at >= $3 AND at < $4 AND (at, row_id) {beyond} ($5, $6)
ORDER BY at {direction}, row_id {direction} LIMIT $7
"""
_ONE = "WHERE ($3::uuid IS NOT NULL AND entry_id = $3) OR (entry_id IS NULL AND at = $4)"
_NEWEST = _TARGETS + _SEARCH.format(beyond="<", direction="DESC")
_OLDEST = _TARGETS + _SEARCH.format(beyond=">", direction="ASC")
_THIS = _TARGETS + _ONE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = re.compile(
    r"(?P<target>[0-9a-f]{32})(?:(?P<entry>[0-9a-f]{32})|-(?P<since>\d{1,16}))", re.ASCII
)
"""What it was done to, then the line of the history, or the instant of the change in microseconds."""


class DeedRecords:
    """Implements `usecases.record_views.Records` for who did what."""

    async def one(
        self, connection: Connection, record_id: str, teams: Sequence[str] | None
    ) -> DeedRecord | None:
        named = _ID.fullmatch(record_id)
        if named is None:
            return None
        entry = UUID(named["entry"]) if named["entry"] else None
        since = _EPOCH + timedelta(microseconds=int(named["since"])) if named["since"] else None
        row = await connection.fetchrow(_THIS, teams, [UUID(named["target"])], entry, since)
        return _read(row) if row else None

    async def search(self, connection: Connection, sought: Sought) -> list[DeedRecord]:
        newest = sought.newest_first
        edge = (LATEST, UUID(int=2**128 - 1)) if newest else (EARLIEST, UUID(int=0))
        rows = await connection.fetch(
            _NEWEST if newest else _OLDEST,
            sought.teams,
            list(sought.targets),
            sought.since,
            sought.until,
            *(sought.after or edge),
            sought.limit,
        )
        return [_read(row) for row in rows]


def _read(row: asyncpg.Record) -> DeedRecord:
    since = (row["at"] - _EPOCH) // timedelta(microseconds=1)
    rest = row["entry_id"].hex if row["entry_id"] else f"-{since}"
    return DeedRecord(
        deed_id=row["target_id"].hex + rest,
        row_id=row["row_id"],
        at=row["at"],
        what=row["what"],
        team=row["team"],
        by_whom=row["by_whom"],
        target_type=row["target_type"],
        target_id=row["target_id"],
    )
