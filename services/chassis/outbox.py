"""What a service says: written in the same transaction as the change that it tells of."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from schemas.envelope import Envelope
from services.chassis.connection import Connection


@dataclass(frozen=True, slots=True)
class Letter:
    """One event, ready for the post: its envelope, its body and where it goes."""

    envelope: Envelope
    topic: str
    body: bytes


_COLUMNS = (
    "event_id",
    "stream",
    "sequence",
    "topic",
    "key",
    "type",
    "dataschema",
    "occurred_at",
    "correlation_id",
    "causation_id",
    "body",
)


async def write(connection: Connection, letters: Sequence[Letter]) -> None:
    """Put letters into the outbox and mark them as still to be published."""
    await connection.copy_records_to_table(
        "outbox",
        columns=_COLUMNS,
        records=[
            (
                letter.envelope.event_id,
                letter.envelope.stream,
                letter.envelope.sequence,
                letter.topic,
                letter.envelope.partition_key,
                letter.envelope.type,
                letter.envelope.dataschema,
                letter.envelope.occurred_at,
                letter.envelope.correlation_id,
                letter.envelope.causation_id,
                letter.body,
            )
            for letter in letters
        ],
    )
    await connection.copy_records_to_table(
        "outbox_pending",
        columns=("event_id",),
        records=[(letter.envelope.event_id,) for letter in letters],
    )


_PENDING = """
SELECT outbox.event_id, stream, sequence, topic, key, type, dataschema, occurred_at,
       correlation_id, causation_id, body
FROM outbox_pending JOIN outbox USING (event_id)
ORDER BY outbox_pending.place
LIMIT $1
"""


async def read_pending(connection: Connection, source: str, limit: int) -> list[Letter]:
    """The oldest letters still to be published, in the order in which each stream wrote them."""
    return [
        Letter(
            Envelope(
                event_id=row["event_id"],
                source=source,
                type=row["type"],
                dataschema=row["dataschema"],
                stream=row["stream"],
                sequence=row["sequence"],
                occurred_at=row["occurred_at"],
                correlation_id=row["correlation_id"],
                causation_id=row["causation_id"],
                partition_key=row["key"],
            ),
            row["topic"],
            row["body"],
        )
        for row in await connection.fetch(_PENDING, limit)
    ]


_MARK = """
WITH mine AS (
    SELECT 1 FROM relay_lease WHERE holder = $2 AND epoch = $3 FOR UPDATE
), gone AS (
    DELETE FROM outbox_pending WHERE event_id = ANY($1::uuid[]) AND EXISTS (SELECT FROM mine)
), positions AS (
    INSERT INTO relay_position (topic, partition, last_offset)
    SELECT topic, partition, last_offset
    FROM unnest($4::text[], $5::integer[], $6::bigint[]) AS p (topic, partition, last_offset)
    WHERE EXISTS (SELECT FROM mine)
    ON CONFLICT (topic, partition) DO UPDATE
    SET last_offset = excluded.last_offset, published_at = clock_timestamp()
)
SELECT count(*) FROM mine
"""


async def mark_published(
    pool: asyncpg.Pool,
    event_ids: Sequence[UUID],
    positions: dict[tuple[str, int], int],
    holder: UUID,
    epoch: int,
) -> bool:
    """Strike letters off the list, if the lease is still ours. False: somebody else publishes now."""
    topics = [topic for topic, _ in positions]
    partitions = [partition for _, partition in positions]
    held = await pool.fetchval(
        _MARK, event_ids, holder, epoch, topics, partitions, list(positions.values())
    )
    return bool(held)


async def anything_pending(connection: Connection) -> bool:
    """Whether any letter waits."""
    found: bool = await connection.fetchval("SELECT EXISTS (SELECT FROM outbox_pending)")
    return found


async def backlog(connection: Connection) -> tuple[int, float]:
    """How many letters wait, and for how many seconds the oldest does that was never published (0: none does)."""
    row = await connection.fetchrow(
        """
        SELECT count(*) AS waiting,
               coalesce(extract(epoch FROM clock_timestamp() - min(recorded_at) FILTER (WHERE NOT again)), 0)::float AS age
        FROM outbox_pending JOIN outbox USING (event_id)
        """
    )
    assert row is not None
    return row["waiting"], row["age"]
