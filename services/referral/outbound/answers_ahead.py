"""Answers that came before the handover that they are about."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from schemas.document import DocumentAnswered
from services.chassis.connection import Connection
from services.chassis.unit_of_work import Cause

_KEEP = """
INSERT INTO answers_ahead (spell_id, answer, answered_by, answered_at, patient_key, correlation_id, causation_id)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""
_TAKE = """
DELETE FROM answers_ahead WHERE spell_id = ANY($1::uuid[])
RETURNING spell_id, answer, answered_by, answered_at, patient_key, correlation_id, causation_id
"""


class AnswerTable:
    """Implements `usecases.document_records.AnswersAhead`."""

    async def keep(
        self, connection: Connection, answers: Sequence[tuple[DocumentAnswered, Cause]]
    ) -> None:
        await connection.executemany(
            _KEEP,
            [
                (
                    event.spell_id,
                    event.answer,
                    event.answered_by,
                    event.answered_at,
                    event.patient_key,
                    cause.correlation_id,
                    cause.causation_id,
                )
                for event, cause in answers
            ],
        )

    async def take(
        self, connection: Connection, spells: Iterable[UUID]
    ) -> list[tuple[DocumentAnswered, Cause]]:
        taken = []
        for row in await connection.fetch(_TAKE, list(spells)):
            said = dict(row)
            cause = Cause(said.pop("correlation_id"), said.pop("causation_id"))
            taken.append((DocumentAnswered.model_validate(said), cause))
        return sorted(taken, key=lambda one: (one[0].answered_at, one[0].answer))
