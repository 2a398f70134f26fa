"""What patients answered on their pages, in PostgreSQL."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.connection import Connection
from services.notify.usecases.records import PatientReply

_KEEP = """
INSERT INTO replies (reply_id, handover_id, reply, team, received_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (reply_id) DO NOTHING RETURNING true
"""

_LATEST = """
SELECT DISTINCT ON (reply) reply_id, handover_id, reply, team, received_at
FROM replies WHERE handover_id = $1 ORDER BY reply, received_at DESC
"""


async def keep(connection: Connection, reply: PatientReply) -> bool:
    """Keep an answer. False: it was kept before."""
    return bool(
        await connection.fetchval(
            _KEEP, reply.reply_id, reply.handover_id, reply.reply, reply.team, reply.received_at
        )
    )


async def latest(connection: Connection, handover_id: UUID) -> Sequence[PatientReply]:
    """The last answer of each kind."""
    return [PatientReply(**row) for row in await connection.fetch(_LATEST, handover_id)]
