"""Patients' messages that had left when they stopped being right, in PostgreSQL: found, and each recalled once."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.chassis.connection import Connection
from services.notify.domain.alert import Channel
from services.notify.usecases.records import Recall, Sent

# A message whose attempt has no outcome may have left as well: its worker died before it could say so.
_LEFT: Final = """
SELECT alert_id, handover_id, patient_key, channel, coalesce(ended_at, started_at) AS sent_at
FROM alerts JOIN deliveries USING (alert_id)
WHERE audience = 'patient' AND state <> 'waiting' AND (outcome = 'taken' OR outcome IS NULL)
"""
_LEFT_BY: Final = {
    name: f"{_LEFT} AND {column} = ANY($1) ORDER BY alert_id, attempt FOR UPDATE OF alerts"
    for name, column in (
        ("alert", "alert_id"),
        ("handover", "handover_id"),
        ("patient", "patient_key"),
    )
}

_WANT = """
INSERT INTO recalls (alert_id, reason, channel, sent_at, wanted_at)
SELECT alert_id, reason, channel, sent_at, clock_timestamp()
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS said (alert_id, reason, channel, sent_at)
ON CONFLICT (alert_id) DO NOTHING
"""

_CLAIM = """
SELECT alert_id, reason, channel, sent_at FROM recalls WHERE ended_at IS NULL
ORDER BY wanted_at LIMIT $1 FOR UPDATE SKIP LOCKED
"""

_END = """
UPDATE recalls SET ended_at = clock_timestamp(), taken_back = said.taken_back
FROM unnest($1::uuid[], $2::boolean[]) AS said (alert_id, taken_back)
WHERE recalls.alert_id = said.alert_id
"""

_REVOKE_LINKS = """
UPDATE links SET revoked_at = clock_timestamp() WHERE alert_id = ANY($1::uuid[]) AND revoked_at IS NULL
"""


async def left_by_alert(connection: Connection, ids: Collection[UUID]) -> list[Sent]:
    """Those of these alerts whose message has left, or may have; locked."""
    return _each_once(await connection.fetch(_LEFT_BY["alert"], list(ids)))


async def left_by_handover(connection: Connection, ids: Collection[UUID]) -> list[Sent]:
    """The patients' messages about these handovers that have left, or may have; locked."""
    return _each_once(await connection.fetch(_LEFT_BY["handover"], list(ids)))


async def left_by_patient(connection: Connection, keys: Collection[str]) -> list[Sent]:
    """The messages to these patients that have left, or may have; locked."""
    return _each_once(await connection.fetch(_LEFT_BY["patient"], list(keys)))


async def want(connection: Connection, wanted: Sequence[Recall]) -> None:
    """Note that these should be taken back; one that is noted already keeps its reason."""
    if wanted:
        await connection.execute(
            _WANT,
            [one.alert_id for one in wanted],
            [one.reason for one in wanted],
            [one.channel for one in wanted],
            [one.sent_at for one in wanted],
        )


async def claim(connection: Connection, limit: int) -> list[Recall]:
    """Lock recalls that nobody has tried and nobody else works on."""
    rows = await connection.fetch(_CLAIM, limit)
    return [Recall(**{**row, "channel": Channel(row["channel"])}) for row in rows]


async def end(connection: Connection, ended: Sequence[tuple[UUID, bool]]) -> None:
    """Write down which were taken back; their private links open nothing any more."""
    await connection.execute(_END, [of for of, _ in ended], [back for _, back in ended])
    await connection.execute(_REVOKE_LINKS, [of for of, back in ended if back])


def _each_once(rows: Sequence[Record]) -> list[Sent]:
    sent = {row["alert_id"]: Sent(**{**row, "channel": Channel(row["channel"])}) for row in rows}
    return list(sent.values())
