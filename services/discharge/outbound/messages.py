"""The messages as they came, in PostgreSQL."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.domain.message import Answer, Known, Sender
from services.discharge.usecases.ports import Kept

KNOWN = """
WITH asked AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[])
        AS asked (dialect, organisation, application, control_id, digest)
)
SELECT message_id, received_at, dialect, organisation, application, control_id, digest,
       answer, error, place, reason
FROM asked JOIN source_messages USING (dialect, organisation, application, control_id, digest)
UNION ALL
SELECT message_id, received_at, dialect, organisation, application, control_id, kept.digest,
       answer, error, place, reason
FROM asked JOIN source_messages AS kept USING (dialect, organisation, application, control_id)
WHERE kept.answer = 'AA' AND control_id <> '' AND kept.digest <> asked.digest
"""

_READ = """
SELECT message_id, received_at, dialect, arrived_by, handed_in_by, organisation, application,
       control_id, event, octet_length(body) AS size, answer, error, place, reason, clash, flags,
       happened_at, patient_key, spell_id, said, resubmits
FROM source_messages WHERE message_id = $1
"""

_COLUMNS = (
    "message_id",
    "received_at",
    "dialect",
    "arrived_by",
    "handed_in_by",
    "organisation",
    "application",
    "control_id",
    "event",
    "digest",
    "body",
    "answer",
    "error",
    "place",
    "reason",
    "clash",
    "flags",
    "happened_at",
    "patient_key",
    "spell_id",
    "said",
    "resubmits",
)


class PostgresMessages:
    """Keeps `source_messages`."""

    async def known(
        self, connection: Connection, asked: Sequence[tuple[Sender, bytes]]
    ) -> Mapping[Sender, list[Known]]:
        """Messages with the same sender and control id, if they have the same digest or were accepted."""
        senders = [sender for sender, _ in asked]
        rows = await connection.fetch(
            KNOWN,
            [sender.dialect for sender in senders],
            [sender.organisation for sender in senders],
            [sender.application for sender in senders],
            [sender.control_id for sender in senders],
            [digest for _, digest in asked],
        )
        found: dict[Sender, list[Known]] = defaultdict(list)
        for row in rows:
            sender = Sender(
                row["dialect"], row["organisation"], row["application"], row["control_id"]
            )
            answer = Answer(row["answer"], row["error"], row["place"], row["reason"])
            found[sender].append(
                Known(row["message_id"], row["received_at"], row["digest"], answer)
            )
        return found

    async def keep(self, connection: Connection, kept: Sequence[Kept]) -> None:
        """Store new messages."""
        if kept:
            await connection.copy_records_to_table(
                "source_messages", columns=_COLUMNS, records=[_row(each) for each in kept]
            )

    async def read(self, connection: Connection, message_id: UUID) -> Mapping[str, Any] | None:
        """One message for showing, without its body."""
        row = await connection.fetchrow(_READ, message_id)
        return dict(row) if row else None


def _row(kept: Kept) -> tuple[Any, ...]:
    incoming, answer = kept.incoming, kept.answer
    sender = incoming.sender
    return (
        incoming.message_id,
        incoming.received_at,
        sender.dialect,
        incoming.arrived_by,
        incoming.handed_in_by,
        sender.organisation,
        sender.application,
        sender.control_id,
        incoming.event,
        incoming.digest,
        incoming.body,
        answer.code,
        answer.error,
        answer.place,
        answer.text,
        kept.clash,
        kept.flags,
        incoming.statement.happened_at if incoming.statement else None,
        kept.patient_key,
        kept.spell_id,
        kept.said,
        incoming.resubmits,
    )
