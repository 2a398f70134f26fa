"""What people see of messages and decide about them, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.ids import new_id
from services.discharge.outbound.message_list import WAITING, first_id, list_messages
from services.discharge.usecases.review_ports import Decided, Filters, Purpose, Row

_AGAIN = """
SELECT message_id, received_at, answer, handed_in_by
FROM source_messages WHERE resubmits = $1 ORDER BY message_id
"""
_PARTNER = """
SELECT message_id, received_at, dialect, arrived_by, organisation, application, control_id, event,
       octet_length(body) AS size, answer, happened_at, spell_id, patient_key, flags
FROM source_messages
WHERE dialect = $1 AND organisation = $2 AND application = $3 AND control_id = $4
  AND answer = 'AA' AND message_id <> $5 AND resubmits IS DISTINCT FROM $5
ORDER BY message_id LIMIT 1
"""
_DECISIONS = """
SELECT decided_at, decided_by, decision, reason, became
FROM message_decisions WHERE message_id = $1 ORDER BY decision_id
"""
_WAITS = f"SELECT {WAITING} FROM source_messages AS message WHERE message_id = $1"  # noqa: S608  (two constants)
_SPELL = "SELECT trust, correlation, heard FROM spells WHERE spell_id = $1"
_VIEWED = """
INSERT INTO message_views (view_id, message_id, viewed_at, viewed_by, purpose)
SELECT view_id, message_id, clock_timestamp(), $3, $4
FROM unnest($1::uuid[], $2::uuid[]) AS viewed (view_id, message_id)
"""
_DECIDE = """
INSERT INTO message_decisions (decision_id, message_id, decided_at, decided_by, decision, reason, became)
VALUES ($1, $2, clock_timestamp(), $3, $4, $5, $6)
"""
_QUALITY = """
SELECT organisation, application, flag, count(*) AS messages,
       count(*) FILTER (WHERE received_at >= $3) AS last_day, max(received_at) AS latest
FROM source_messages CROSS JOIN unnest(flags) AS flag
WHERE flags <> '{}' AND message_id >= $1 AND received_at >= $2
  AND ($4::text IS NULL OR handed_in_by = $4)
GROUP BY organisation, application, flag
ORDER BY messages DESC, organisation, application, flag
LIMIT 300
"""
_HELD = """
SELECT held.patient_key, held.held_since, spells.spell_id, spells.trust, spells.correlation
FROM (
    SELECT patient_key, held_since FROM patients
    WHERE held_since > confirmed_at AND described @> '{"identity_held": true}'
      AND NOT described ? 'replaced_by'
    ORDER BY held_since, patient_key LIMIT 100
) AS held
LEFT JOIN spells USING (patient_key)
ORDER BY held.held_since, held.patient_key, spells.spell_id
"""


class PostgresReviews:
    """Reads `source_messages`, `spells` and `patients`; keeps `message_views` and `message_decisions`."""

    async def page(self, connection: Connection, filters: Filters) -> Sequence[Row]:
        """The newest first."""
        return await list_messages(connection, filters)

    async def relations(self, connection: Connection, message: Row) -> Row:
        """What a message was taken in as later, whose control id it has, what people decided, whether it waits."""
        message_id = message["message_id"]
        partner = None
        if message["clash"]:
            keys = ("dialect", "organisation", "application", "control_id", "message_id")
            partner = await connection.fetchrow(_PARTNER, *(message[key] for key in keys))
        return {
            "again": _plain(await connection.fetch(_AGAIN, message_id)),
            "partner": dict(partner) if partner else None,
            "decisions": _plain(await connection.fetch(_DECISIONS, message_id)),
            "waiting": await connection.fetchval(_WAITS, message_id),
        }

    async def spell(self, connection: Connection, spell_id: UUID) -> Row | None:
        """What was heard of a stay, and by which number its hospital knows it."""
        row = await connection.fetchrow(_SPELL, spell_id)
        return dict(row) if row else None

    async def body(self, connection: Connection, message_id: UUID) -> bytes | None:
        """What the message says."""
        found: bytes | None = await connection.fetchval(
            "SELECT body FROM source_messages WHERE message_id = $1", message_id
        )
        return found

    async def viewed(
        self, connection: Connection, messages: Sequence[UUID], by: str, purpose: Purpose
    ) -> None:
        """Write down who looks at what messages say."""
        ids = [new_id() for _ in messages]
        await connection.execute(_VIEWED, ids, list(messages), by, purpose)

    async def decide(self, connection: Connection, decided: Decided) -> None:
        """Write down what a person decided."""
        await connection.execute(
            _DECIDE,
            new_id(),
            decided.message_id,
            decided.decided_by,
            decided.decision,
            decided.reason,
            decided.became,
        )

    async def quality(
        self, connection: Connection, since: datetime, day: datetime, own_of: str | None
    ) -> Sequence[Row]:
        """How often each source's messages had each flag since a time, and since the later `day`."""
        return _plain(await connection.fetch(_QUALITY, first_id(since), since, day, own_of))

    async def held(self, connection: Connection) -> Sequence[Row]:
        """Patients whose identity waits for somebody to check it, with their stays."""
        return _plain(await connection.fetch(_HELD))


def _plain(rows: Sequence[Any]) -> Sequence[Row]:
    return [dict(row) for row in rows]
