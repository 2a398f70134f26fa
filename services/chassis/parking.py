"""Records that wait in front of a person, or for a missing elder, without stopping anybody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.chassis.arrival import Arrival
from services.chassis.connection import Connection
from services.chassis.ids import new_id

Reason = Literal["undecodable", "schema", "poison", "gap", "behind", "conflict"]
Resolution = Literal["handled", "repeated", "discarded"]


@dataclass(slots=True)
class Holds:
    """What must wait because something before it does."""

    keys: set[tuple[str, str]] = field(default_factory=set)
    """Topic and key of everything that waits behind poison."""
    streams: set[str] = field(default_factory=set)
    """Streams with records that came too early."""


_HOLDS = """
SELECT DISTINCT topic, key, stream, reason FROM parked
WHERE resolved_at IS NULL AND key = ANY($1::text[]) AND reason IN ('poison', 'schema', 'gap')
"""


async def holds(connection: Connection, keys: Iterable[str]) -> Holds:
    """What is held among these keys."""
    found = Holds()
    for row in await connection.fetch(_HOLDS, sorted(set(keys))):
        if row["reason"] == "gap":
            found.streams.add(row["stream"])
        else:
            found.keys.add((row["topic"], row["key"]))
    return found


_PARK = """
INSERT INTO parked (parked_id, topic, partition, kafka_offset, digest, key, stream, sequence, event_id,
                    record_key, headers, body, reason, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT ON CONSTRAINT parked_once DO NOTHING
"""


async def park(connection: Connection, arrivals: Sequence[tuple[Arrival, Reason]]) -> None:
    """Keep records as they came. One that is parked already stays as it is."""
    await connection.executemany(
        _PARK,
        [
            (
                new_id(),
                arrival.topic,
                arrival.partition,
                arrival.offset,
                arrival.digest,
                arrival.key,
                arrival.envelope.stream if arrival.envelope else None,
                arrival.envelope.sequence if arrival.envelope else None,
                arrival.envelope.event_id if arrival.envelope else None,
                arrival.record_key,
                [
                    [name, value.hex() if value is not None else None]
                    for name, value in arrival.headers
                ],
                arrival.body,
                reason,
                arrival.error,
            )
            for arrival, reason in arrivals
        ],
    )


_WAITING = """
SELECT parked_id, topic, partition, kafka_offset, record_key, headers, body FROM parked
WHERE resolved_at IS NULL AND topic = $1 AND key = $2 AND ($3::text IS NULL OR stream = $3)
ORDER BY parked_id FOR UPDATE
"""


async def waiting(
    connection: Connection, topic: str, key: str, stream: str | None = None
) -> list[Arrival]:
    """The parked records of a key (or of one of its streams), oldest first, locked."""
    return [
        Arrival(
            topic=row["topic"],
            partition=row["partition"],
            offset=row["kafka_offset"],
            record_key=row["record_key"],
            headers=[(n, bytes.fromhex(v) if v is not None else None) for n, v in row["headers"]],
            body=row["body"],
            parked_id=row["parked_id"],
        )
        for row in await connection.fetch(_WAITING, topic, key, stream)
    ]


async def resolve(
    connection: Connection,
    parked_ids: Sequence[UUID],
    resolution: Resolution,
    by: str,
    because: str = "",
) -> None:
    """Close parked records, saying how and by whom; a person who discards says why."""
    await connection.execute(
        """
        UPDATE parked
        SET resolved_at = clock_timestamp(), resolution = $2, resolved_by = $3, resolved_because = $4
        WHERE parked_id = ANY($1::uuid[]) AND resolved_at IS NULL
        """,
        parked_ids,
        resolution,
        by,
        because,
    )


_ERASE = """
UPDATE parked
SET body = NULL, resolved_at = coalesce(resolved_at, clock_timestamp()), resolution = coalesce(resolution, 'discarded'),
    resolved_by = coalesce(resolved_by, 'system'),
    resolved_because = CASE WHEN resolved_at IS NULL THEN 'erased' ELSE resolved_because END
WHERE key = ANY($1::text[]) AND (resolved_at IS NOT NULL OR topic = $2)
"""


async def erase(connection: Connection, topic: str, keys: Sequence[str]) -> None:
    """Empty what was parked under these keys, whose holders `topic` erases.

    What still waits of that topic waits no more: it would bring them back. Of other topics it stays, as work does.
    """
    await connection.execute(_ERASE, keys, topic)


async def set_reason(connection: Connection, parked_id: UUID, reason: Reason, error: str) -> None:
    """Say anew why a record waits."""
    await connection.execute(
        "UPDATE parked SET reason = $2, error = $3 WHERE parked_id = $1 AND resolved_at IS NULL",
        parked_id,
        reason,
        error,
    )


_LEFT_BEHIND = """
SELECT DISTINCT topic, key FROM parked p
WHERE resolved_at IS NULL AND reason IN ('behind', 'gap')
  AND NOT EXISTS (
      SELECT FROM parked h
      WHERE h.resolved_at IS NULL AND h.topic = p.topic AND h.key = p.key AND h.reason IN ('poison', 'schema'))
LIMIT 100
"""


async def left_behind(connection: Connection) -> list[tuple[str, str]]:
    """Keys with waiting records that nothing holds any more."""
    return [(row["topic"], row["key"]) for row in await connection.fetch(_LEFT_BEHIND)]


@dataclass(frozen=True, slots=True)
class ParkedKey:
    """One key in front of a person."""

    parked_id: UUID
    """Of the record that holds the others, else of the oldest; names the whole."""
    topic: str
    key: str
    reason: Reason
    error: str
    since: datetime
    records: int


_KEYS = """
SELECT DISTINCT ON (topic, key) parked_id, topic, key, reason, error, parked_at AS since,
       count(*) OVER (PARTITION BY topic, key) AS records
FROM parked WHERE resolved_at IS NULL
ORDER BY topic, key, reason NOT IN ('poison', 'schema'), parked_id
LIMIT $1
"""


async def parked_keys(connection: Connection, limit: int = 200) -> list[ParkedKey]:
    """Every key that waits, with the record that it waits for."""
    return [ParkedKey(**dict(row)) for row in await connection.fetch(_KEYS, limit)]


_DESCRIBE = """
SELECT r.parked_id, r.topic, r.partition, r.kafka_offset, r.stream, r.sequence, r.event_id, r.reason, r.error,
       r.parked_at, octet_length(r.body) AS body_bytes, jsonb_array_length(r.headers) AS headers
FROM parked r JOIN parked asked USING (topic, key)
WHERE asked.parked_id = $1 AND r.resolved_at IS NULL
ORDER BY r.parked_id LIMIT 200
"""


async def describe(connection: Connection, parked_id: UUID) -> list[dict[str, object]]:
    """The records that wait with this one, without their contents: bodies may identify a person."""
    return [dict(row) for row in await connection.fetch(_DESCRIBE, parked_id)]


async def place_of(connection: Connection, parked_id: UUID) -> tuple[str, str] | None:
    """Topic and key of a record that still waits."""
    row = await connection.fetchrow(
        "SELECT topic, key FROM parked WHERE parked_id = $1 AND resolved_at IS NULL", parked_id
    )
    return (row["topic"], row["key"]) if row else None


async def reason_of(connection: Connection, parked_id: UUID) -> str | None:
    """Why a record waits; None when it does not any more."""
    reason: str | None = await connection.fetchval(
        "SELECT reason FROM parked WHERE parked_id = $1 AND resolved_at IS NULL", parked_id
    )
    return reason


_DISCARDED = """
SELECT parked_id, topic, stream, sequence, event_id, reason, error, parked_at, resolved_at, resolved_by,
       resolved_because
FROM parked WHERE resolution = 'discarded' AND resolved_at IS NOT NULL ORDER BY resolved_at DESC LIMIT 200
"""


async def discarded(connection: Connection) -> list[dict[str, object]]:
    """What was given up, by whom and why, the latest first; without contents."""
    return [dict(row) for row in await connection.fetch(_DISCARDED)]


async def still_waiting(connection: Connection, topic: str, key: str) -> int:
    """How many records of a key wait."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM parked WHERE topic = $1 AND key = $2 AND resolved_at IS NULL",
        topic,
        key,
    )
    return count
