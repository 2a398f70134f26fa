"""Stays in hospital that began, in one table."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.usecases.records import Stay


class StayTable:
    """Implements `usecases.ports.Stays`."""

    async def begin(self, connection: Connection, stays: Sequence[Stay]) -> None:
        await connection.execute(
            """
            INSERT INTO stays (spell_id, patient_key, admitted_at)
            SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[])
            ON CONFLICT (spell_id) DO NOTHING
            """,
            [stay.spell_id for stay in stays],
            [stay.patient_key for stay in stays],
            [stay.admitted_at for stay in stays],
        )

    async def undo(self, connection: Connection, spells: Iterable[UUID]) -> None:
        await connection.execute("DELETE FROM stays WHERE spell_id = ANY($1::uuid[])", list(spells))

    async def move(self, connection: Connection, moved: Sequence[tuple[UUID, str]]) -> None:
        await connection.execute(
            """
            WITH moved AS (
                SELECT * FROM unnest($1::uuid[], $2::text[]) AS m (spell_id, patient_key)
            ), turned_away AS (
                UPDATE not_opened n SET patient_key = moved.patient_key FROM moved WHERE n.spell_id = moved.spell_id
            )
            UPDATE stays s SET patient_key = moved.patient_key FROM moved WHERE s.spell_id = moved.spell_id
            """,
            [spell_id for spell_id, _ in moved],
            [patient_key for _, patient_key in moved],
        )
