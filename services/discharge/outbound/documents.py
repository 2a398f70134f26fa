"""Which documents there are and which of them are current, in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.domain.document import Address, Filed
from services.discharge.domain.message import Answer
from services.discharge.usecases.document_ports import Answered, NewDocument

# A set of documents that replace each other is worked on by one transaction at a time.
_LOCK = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(concat_ws('/', sender, recipient, reference), 0) AS key
    FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (sender, recipient, reference)
    ORDER BY key
) AS keys
"""
_LOAD = """
WITH RECURSIVE linked (sender, recipient, reference) AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
    UNION
    SELECT next.* FROM linked AS here CROSS JOIN LATERAL (
        SELECT d.sender, d.recipient, d.replaces FROM documents d
        WHERE d.sender = here.sender AND d.recipient = here.recipient AND d.reference = here.reference
          AND d.replaces <> ''
        UNION ALL
        SELECT d.sender, d.recipient, d.reference FROM documents d
        WHERE d.sender = here.sender AND d.recipient = here.recipient AND d.replaces = here.reference
          AND d.replaces <> ''
    ) AS next
)
SELECT document_id, message_id, sender, recipient, reference, replaces, authored_at, void, patient_key, spell_id,
       state, said
FROM documents JOIN linked USING (sender, recipient, reference)
"""
_CHANGE = """
UPDATE documents SET state = new.state, said = new.said
FROM unnest($1::uuid[], $2::text[], $3::smallint[]) AS new (document_id, state, said)
WHERE documents.document_id = new.document_id
"""
_ANSWERED = """
SELECT m.message_id, m.received_at, m.handed_in_by, m.body, m.answer, m.error, m.place, m.reason, d.business_answer
FROM source_messages m LEFT JOIN documents d USING (message_id)
WHERE m.message_id = $1 AND m.dialect = 'itk3'
"""
_SENT = """
SELECT m.control_id, d.patient_key, d.spell_id FROM source_messages m JOIN documents d USING (message_id)
WHERE m.dialect = 'itk3' AND m.control_id = ANY($1::text[]) AND m.answer = 'AA'
"""
_COLUMNS = (
    "document_id",
    "message_id",
    "sender",
    "recipient",
    "reference",
    "replaces",
    "authored_at",
    "void",
    "patient_key",
    "spell_id",
    "state",
    "said",
    "for_action",
    "attachments",
    "business_answer",
)


class PostgresDocuments:
    """Keeps `documents`."""

    async def load(self, connection: Connection, addresses: Collection[Address]) -> list[Filed]:
        """Lock and load every document that is linked to one of these, however far."""
        columns = [list(column) for column in zip(*sorted(addresses), strict=True)]
        await connection.execute(_LOCK, *columns)
        return [Filed(*row) for row in await connection.fetch(_LOAD, *columns)]

    async def save(
        self, connection: Connection, new: Sequence[NewDocument], changed: Sequence[Filed]
    ) -> None:
        """Write what is new and what changed."""
        if new:
            await connection.copy_records_to_table(
                "documents", columns=_COLUMNS, records=[_row(each) for each in new]
            )
        if changed:
            await connection.execute(
                _CHANGE,
                [each.document_id for each in changed],
                [each.state for each in changed],
                [each.said for each in changed],
            )

    async def answered(self, connection: Connection, message_id: UUID) -> Answered | None:
        """What the sender of a message was told, and what it still may be told."""
        row = await connection.fetchrow(_ANSWERED, message_id)
        if row is None:
            return None
        return Answered(
            message_id=row["message_id"],
            received_at=row["received_at"],
            handed_in_by=row["handed_in_by"],
            body=row["body"],
            answer=Answer(row["answer"], row["error"], row["place"], row["reason"]),
            business=row["business_answer"],
        )

    async def sent(
        self, connection: Connection, messages: Collection[str]
    ) -> dict[str, tuple[str, UUID | None]]:
        """The patient key and the stay of documents, by the id that their sender gave the message."""
        rows = await connection.fetch(_SENT, list(messages))
        return {row["control_id"]: (row["patient_key"], row["spell_id"]) for row in rows}


def _row(new: NewDocument) -> tuple[Any, ...]:
    filed, document = new.filed, new.document
    attachments = [{"type": each.media_type, "bytes": each.size} for each in document.attachments]
    return (
        filed.document_id,
        filed.message_id,
        filed.sender,
        filed.recipient,
        filed.reference,
        filed.replaces,
        filed.authored_at,
        filed.void,
        filed.patient_key,
        filed.spell_id,
        filed.state,
        filed.said,
        document.for_action,
        attachments,
        new.business_answer,
    )
