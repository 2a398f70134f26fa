"""What hospitals sent in writing, in one table, and how it is shown."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from schemas.document import DocumentReceived
from services.chassis.connection import Connection
from services.referral.domain.reading import Document
from services.referral.usecases.document_records import DocumentView, SectionView, Wanted

_KEEP = """
INSERT INTO documents (document_id, patient_key, spell_id, replaces, sender, recipient, for_action, code, title,
                       authored_at, received_at, discharged_at, sections, attachments, test_patient, correlation_id,
                       state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'current')
ON CONFLICT (document_id) DO NOTHING
"""
_LOAD = """
SELECT d.document_id, d.patient_key, d.spell_id, d.replaces, d.sender, d.recipient, d.for_action, d.received_at,
       d.discharged_at, d.test_patient, d.correlation_id, d.state,
       CASE WHEN h.state <> 'withdrawn' THEN d.handover_id END AS handover_id,
       CASE WHEN h.state <> 'withdrawn' THEN d.task_id END AS task_id
FROM documents d LEFT JOIN handovers h USING (handover_id)
WHERE d.document_id = ANY($1::uuid[])
   OR d.document_id IN (SELECT replaces FROM documents WHERE document_id = ANY($1))
   OR d.replaces = ANY($1)
   OR (d.state = 'current' AND (h.state IS NULL OR h.state = 'withdrawn')
       AND (d.spell_id = ANY($2::uuid[]) OR (d.spell_id IS NULL AND d.patient_key = ANY($3::text[]))))
ORDER BY d.received_at, d.document_id FOR NO KEY UPDATE OF d
"""
_SAVE = """
UPDATE documents SET state = $2, handover_id = $3, task_id = $4 WHERE document_id = $1
"""
_FORGET = """
DELETE FROM documents
WHERE patient_key = ANY($1::text[])
   OR handover_id IN (SELECT handover_id FROM handovers WHERE patient_key = ANY($1))
"""
_SHOWN = """
SELECT document_id, sender, recipient, for_action, title, authored_at, received_at, attachments, state, replaces,
       task_id
"""
_OF_TASK = f"{_SHOWN}, sections FROM documents WHERE task_id = $1"
_OF_HANDOVER = f"{_SHOWN} FROM documents WHERE handover_id = $1 ORDER BY received_at, document_id"


class DocumentTable:
    """Implements `usecases.document_records.Documents`."""

    async def keep(
        self, connection: Connection, received: Sequence[tuple[DocumentReceived, UUID]]
    ) -> None:
        await connection.executemany(_KEEP, [_row(event, journey) for event, journey in received])

    async def load(self, connection: Connection, wanted: Wanted) -> list[Document]:
        rows = await connection.fetch(
            _LOAD, list(wanted.documents), list(wanted.spells), list(wanted.patient_keys)
        )
        return [Document(**dict(row)) for row in rows]

    async def save(self, connection: Connection, changed: Sequence[Document]) -> None:
        await connection.executemany(
            _SAVE, [(one.document_id, one.state, one.handover_id, one.task_id) for one in changed]
        )

    async def forget(self, connection: Connection, patient_keys: Iterable[str]) -> None:
        await connection.execute(_FORGET, list(patient_keys))


async def of_task(connection: Connection, task_id: UUID) -> DocumentView | None:
    """The document that a task is about, with its text."""
    row = await connection.fetchrow(_OF_TASK, task_id)
    return _view(row, row["sections"]) if row else None


async def of_handover(connection: Connection, handover_id: UUID) -> list[DocumentView]:
    """Every document of a handover, without text."""
    return [_view(row, ()) for row in await connection.fetch(_OF_HANDOVER, handover_id)]


def _view(row: asyncpg.Record, sections: Iterable[dict[str, str]]) -> DocumentView:
    fields = {name: value for name, value in dict(row).items() if name != "sections"}
    return DocumentView(**fields, sections=[SectionView(**section) for section in sections])


def _row(event: DocumentReceived, journey: UUID) -> tuple[object, ...]:
    return (
        event.document_id,
        event.patient_key,
        event.spell_id,
        event.replaces,
        event.sender,
        event.recipient,
        event.for_action,
        event.code,
        event.title,
        event.authored_at,
        event.received_at,
        event.discharged_at,
        [section.model_dump() for section in event.sections],
        event.attachments,
        event.test_patient,
        journey,
    )
