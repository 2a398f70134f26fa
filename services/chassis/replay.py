"""Saying again what was said before: for listeners who lost it, and no news to those who have it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from schemas.topics import TOPICS
from services.chassis.connection import Connection

AT_ONCE: Final = 2000
MOST_COUNTED: Final = 1_000_000

# Ids sort by the time at which they were made; a day more is looked at, as clocks differ. Of a topic that keeps the
# latest alone, what a later event of its stream has replaced is not said again.
_FOUND = """
WITH found AS (
    SELECT event_id FROM outbox o
    WHERE event_id > coalesce($3::uuid, (SELECT (lpad(to_hex((extract(epoch FROM $1::timestamptz - interval '1 day')
                                                              * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid))
      AND recorded_at >= $1 AND recorded_at < $5 AND ($2::text IS NULL OR stream = $2)
      AND NOT EXISTS (SELECT FROM outbox_pending p WHERE p.event_id = o.event_id)
      AND (topic <> ALL($4::text[])
           OR NOT EXISTS (SELECT FROM outbox n WHERE n.stream = o.stream AND n.sequence > o.sequence))
    ORDER BY event_id LIMIT $6)
"""
_COUNT = f"{_FOUND} SELECT count(*) FROM found"  # noqa: S608  (one constant)
# The rows are held, so that housekeeping passes them by until they are on the list.
_AGAIN = f"""{_FOUND}
, held AS (
    SELECT event_id FROM outbox JOIN found USING (event_id) ORDER BY event_id FOR KEY SHARE OF outbox
), put AS (
    INSERT INTO outbox_pending (event_id, again) SELECT event_id, true FROM held ORDER BY event_id
    ON CONFLICT (event_id) DO NOTHING)
SELECT event_id FROM found ORDER BY event_id
"""  # noqa: S608  (one constant)
_LATEST_ONLY: Final = sorted(name for name, topic in TOPICS.items() if topic.keeps == "latest")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be said again."""

    since: datetime
    """Recorded then or later, by the database's clock."""
    until: datetime
    """Recorded before; what is said meanwhile is not waited for."""
    stream: str | None = None
    """Of this stream alone."""


async def count(connection: Connection, wanted: Wanted) -> int:
    """How many events it is, up to a million."""
    found: int = await connection.fetchval(
        _COUNT, wanted.since, wanted.stream, None, _LATEST_ONLY, wanted.until, MOST_COUNTED
    )
    return found


async def say_again(
    connection: Connection, wanted: Wanted, after: UUID | None
) -> tuple[int, UUID | None]:
    """Put the next few on the list of what is to be published; returns how many, and the last of them.

    They keep their ids and places. Call again with the last one until none is left.
    """
    rows = await connection.fetch(
        _AGAIN, wanted.since, wanted.stream, after, _LATEST_ONLY, wanted.until, AT_ONCE
    )
    return len(rows), rows[-1]["event_id"] if rows else None
