"""Alerts in PostgreSQL: made, locked and settled once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.chassis.connection import Connection
from services.notify.domain.alert import TOGETHER, Alert, Audience, Kind, State, Telling
from services.notify.usecases.records import Claimed, NewAlert, Standing

ROW: Final = """
SELECT alert_id, handover_id, patient_key, audience, team, kind, task_count, due_at, last_resort, because,
       about, about_team, milestone, priority, digest, caused_by, correlation_id, happened_at, made_at, state,
       attempts, lease_owner, acknowledged_at, said
FROM alerts
"""

_LOCK = f"{ROW} WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id FOR UPDATE"

_LOCK_UNSENT = f"""
{ROW}
WHERE handover_id = ANY($1::uuid[]) AND state = 'waiting' AND lease_until IS NULL
ORDER BY alert_id FOR UPDATE
"""

_LOCK_UNSENT_OF_PATIENTS = f"""
{ROW}
WHERE patient_key = ANY($1::text[]) AND audience = 'patient' AND state = 'waiting' AND lease_until IS NULL
ORDER BY alert_id FOR UPDATE
"""

_TEAMS_TOLD = """
SELECT DISTINCT handover_id, team FROM alerts
WHERE handover_id = ANY($1::uuid[]) AND audience = 'team' AND (attempts > 0 OR acknowledged_at IS NOT NULL)
"""

_COUNT_TOLD = """
SELECT patient_key, count(*) AS told FROM alerts
WHERE patient_key = ANY($1::text[]) AND audience = 'patient' AND state = 'sent' AND settled_at > $2
GROUP BY patient_key
"""

_LAST_TOLD = """
SELECT alerts.handover_id, max(deliveries.started_at) AS at
FROM alerts JOIN deliveries USING (alert_id)
WHERE alerts.handover_id = ANY($1::uuid[]) AND audience = 'patient' AND state = 'sent' AND outcome = 'taken'
GROUP BY alerts.handover_id
"""

_SETTLE = """
UPDATE alerts SET
    state = said.state, reason = said.reason, said = said.said, lease_owner = NULL, lease_until = NULL,
    next_attempt_at = coalesce(said.next_attempt_at, alerts.next_attempt_at),
    settled_at = CASE WHEN said.state = 'waiting' THEN NULL ELSE coalesce(alerts.settled_at, clock_timestamp()) END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::integer[])
    AS said (alert_id, state, reason, next_attempt_at, said)
WHERE alerts.alert_id = said.alert_id
"""

_HASTEN = """
UPDATE alerts SET next_attempt_at = clock_timestamp()
WHERE patient_key = ANY($1::text[]) AND audience = 'patient' AND state = 'waiting' AND reason = ANY($2::text[])
  AND next_attempt_at > clock_timestamp()
"""

_MOVE = """
UPDATE alerts SET patient_key = said.patient_key
FROM unnest($1::uuid[], $2::text[]) AS said (handover_id, patient_key)
WHERE alerts.handover_id = said.handover_id
"""

_ACKNOWLEDGE = """
UPDATE alerts SET acknowledged_at = clock_timestamp(), acknowledged_by = $2, said = $3 WHERE alert_id = $1
"""

_COLUMNS = (
    "alert_id",
    "handover_id",
    "patient_key",
    "audience",
    "team",
    "kind",
    "urgent",
    "task_count",
    "due_at",
    "last_resort",
    "because",
    "about",
    "about_team",
    "milestone",
    "priority",
    "digest",
    "together",
    "caused_by",
    "correlation_id",
    "happened_at",
    "made_at",
    "next_attempt_at",
)


async def add(connection: Connection, alerts: Sequence[NewAlert], now: datetime) -> None:
    """Store new alerts."""
    if not alerts:
        return
    await connection.copy_records_to_table(
        "alerts",
        columns=_COLUMNS,
        records=[
            (
                alert.alert_id,
                alert.handover_id,
                alert.patient_key,
                alert.telling.audience,
                alert.telling.team,
                alert.telling.kind,
                alert.telling.urgent,
                alert.telling.task_count,
                alert.telling.due_at,
                alert.telling.last_resort,
                alert.telling.because,
                alert.telling.about,
                alert.telling.about_team,
                alert.telling.milestone,
                alert.telling.priority,
                alert.digest,
                alert.digest or alert.telling.kind in TOGETHER,
                alert.caused_by,
                alert.correlation_id,
                alert.happened_at,
                now,
                alert.due_at,
            )
            for alert in alerts
        ],
    )


async def lock(connection: Connection, ids: Collection[UUID]) -> list[Claimed]:
    """Lock these alerts, as far as they exist."""
    return [read_claimed(row) for row in await connection.fetch(_LOCK, list(ids))]


async def lock_unsent(connection: Connection, handovers: Collection[UUID]) -> list[Claimed]:
    """Lock the alerts of these handovers that wait and are not in flight."""
    return [read_claimed(row) for row in await connection.fetch(_LOCK_UNSENT, list(handovers))]


async def lock_unsent_of_patients(connection: Connection, keys: Collection[str]) -> list[Claimed]:
    """Lock what waits to be sent to these patients and is not in flight."""
    return [
        read_claimed(row) for row in await connection.fetch(_LOCK_UNSENT_OF_PATIENTS, list(keys))
    ]


async def teams_told(connection: Connection, handovers: Collection[UUID]) -> dict[UUID, set[str]]:
    """The teams that know of these handovers, or may know because somebody tried to tell them."""
    told: dict[UUID, set[str]] = {}
    for row in await connection.fetch(_TEAMS_TOLD, list(handovers)):
        told.setdefault(row["handover_id"], set()).add(row["team"])
    return told


async def count_told(
    connection: Connection, keys: Collection[str], since: datetime
) -> dict[str, int]:
    """How many messages went to each patient since then."""
    if not keys:
        return {}
    rows = await connection.fetch(_COUNT_TOLD, list(keys), since)
    return {row["patient_key"]: row["told"] for row in rows}


async def last_told(connection: Connection, handovers: Collection[UUID]) -> dict[UUID, datetime]:
    """When the last message to the patient about each of these handovers was written."""
    if not handovers:
        return {}
    rows = await connection.fetch(_LAST_TOLD, list(handovers))
    return {row["handover_id"]: row["at"] for row in rows}


async def settle(connection: Connection, standings: Sequence[Standing]) -> None:
    """Give up the lease and write where each alert stands."""
    if standings:
        await connection.execute(
            _SETTLE,
            [one.alert_id for one in standings],
            [one.state for one in standings],
            [one.reason for one in standings],
            [one.next_attempt_at for one in standings],
            [one.said for one in standings],
        )


async def hasten(connection: Connection, keys: Collection[str], reasons: Collection[str]) -> None:
    """Let the alerts of these patients that were put off for these reasons be due now."""
    await connection.execute(_HASTEN, list(keys), list(reasons))


async def move(connection: Connection, keys: Mapping[UUID, str]) -> None:
    """Let the alerts of these handovers belong to other patients' keys."""
    await connection.execute(_MOVE, list(keys), list(keys.values()))


async def acknowledge(connection: Connection, alert_id: UUID, by: str, said: int) -> None:
    """Note who saw the alert."""
    await connection.execute(_ACKNOWLEDGE, alert_id, by, said)


def read_claimed(row: Record) -> Claimed:
    """The alert of a row that `ROW` found."""
    telling = Telling(
        Audience(row["audience"]),
        Kind(row["kind"]),
        row["team"],
        row["task_count"],
        row["due_at"],
        row["last_resort"],
        row["because"],
        row["about"],
        row["about_team"],
        row["milestone"],
        row["priority"],
    )
    alert = Alert(
        row["alert_id"],
        row["handover_id"],
        row["patient_key"],
        telling,
        row["happened_at"],
        row["made_at"],
        row["attempts"],
        row["digest"],
    )
    return Claimed(
        alert,
        row["caused_by"],
        row["correlation_id"],
        State(row["state"]),
        row["said"],
        row["lease_owner"],
        row["acknowledged_at"],
    )
