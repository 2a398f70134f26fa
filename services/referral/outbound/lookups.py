"""Which handovers an event is about: found by stay, by patient, or by the stay that ended them."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.domain.coordinating import Naming
from services.referral.domain.discharge import Discharge
from services.referral.domain.people import PATIENT
from services.referral.usecases.records import Found, Standing

_STANDING = """
SELECT asked.spell_id, h.handover_id, h.state, later.spell_id AS later_spell, later.admitted_at,
       EXISTS (SELECT FROM not_opened n WHERE n.spell_id = asked.spell_id) AS turned_away,
       EXISTS (SELECT FROM people p WHERE p.patient_key = asked.patient_key
                                      AND p.deceased AND p.death_status <> 'removed') AS known_dead
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS asked (spell_id, patient_key, discharged_at)
LEFT JOIN LATERAL (
    SELECT handover_id, state FROM handovers
    WHERE spell_id = asked.spell_id AND purpose = 'discharge' ORDER BY handover_id DESC LIMIT 1
) AS h ON true
LEFT JOIN LATERAL (
    SELECT spell_id, admitted_at FROM stays
    WHERE patient_key = asked.patient_key AND spell_id <> asked.spell_id AND admitted_at > asked.discharged_at
    ORDER BY admitted_at LIMIT 1
) AS later ON true
"""
_OF_SPELLS = """
SELECT handover_id, spell_id, patient_key, purpose, state
FROM handovers WHERE spell_id = ANY($1::uuid[]) ORDER BY handover_id
"""
_OF_PATIENTS = """
SELECT handover_id, spell_id, patient_key, purpose, state
FROM handovers h
WHERE patient_key = ANY($1::text[])
  AND (state = 'open' OR EXISTS (SELECT FROM tasks t WHERE t.handover_id = h.handover_id AND t.closed_at IS NULL))
ORDER BY handover_id
"""
_ASKED_AFTER_DEATH = """
SELECT DISTINCT h.patient_key FROM handovers h JOIN tasks t USING (handover_id)
WHERE h.patient_key = ANY($1::text[]) AND t.rule_id = ANY($2::text[]) AND t.status <> 'cancelled'
"""
_NAMED = """
SELECT handover_id, max(at) AS at, max(at) FILTER (WHERE by_whom = $2) AS by_patient_at
FROM history WHERE handover_id = ANY($1::uuid[]) AND what IN ('coordinator.proposed', 'coordinator.chosen')
GROUP BY handover_id
"""
_ENDED_BY = """
SELECT h.readmitted_by, h.handover_id, h.spell_id, h.patient_key, h.purpose, h.state
FROM handovers h
WHERE readmitted_by = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM handovers n WHERE n.replaces = h.handover_id)
ORDER BY h.handover_id
"""


class Lookups:
    """The part of `usecases.ports.Handovers` that finds."""

    async def standing(
        self, connection: Connection, discharges: Sequence[Discharge]
    ) -> dict[UUID, Standing]:
        rows = await connection.fetch(
            _STANDING,
            [one.spell_id for one in discharges],
            [one.patient_key for one in discharges],
            [one.discharged_at for one in discharges],
        )
        return {row["spell_id"]: _standing(row) for row in rows}

    async def of_spells(self, connection: Connection, spells: Iterable[UUID]) -> list[Found]:
        return [_found(row) for row in await connection.fetch(_OF_SPELLS, list(spells))]

    async def of_patients(self, connection: Connection, patient_keys: Iterable[str]) -> list[Found]:
        return [_found(row) for row in await connection.fetch(_OF_PATIENTS, list(patient_keys))]

    async def asked_after_death(
        self, connection: Connection, patient_keys: Iterable[str], rules: Iterable[str]
    ) -> set[str]:
        rows = await connection.fetch(_ASKED_AFTER_DEATH, list(patient_keys), list(rules))
        return {row["patient_key"] for row in rows}

    async def last_named(
        self, connection: Connection, handover_ids: Iterable[UUID]
    ) -> dict[UUID, Naming]:
        rows = await connection.fetch(_NAMED, list(handover_ids), PATIENT)
        return {row["handover_id"]: Naming(row["at"], row["by_patient_at"]) for row in rows}

    async def ended_by(
        self, connection: Connection, spells: Iterable[UUID]
    ) -> list[tuple[UUID, Found]]:
        rows = await connection.fetch(_ENDED_BY, list(spells))
        return [(row["readmitted_by"], _found(row)) for row in rows]


def _standing(row: asyncpg.Record) -> Standing:
    later = row["later_spell"]
    return Standing(
        handover_id=row["handover_id"],
        state=row["state"],
        turned_away=row["turned_away"],
        known_dead=row["known_dead"],
        later_stay=None if later is None else (later, row["admitted_at"]),
    )


def _found(row: asyncpg.Record) -> Found:
    return Found(
        handover_id=row["handover_id"],
        spell_id=row["spell_id"],
        patient_key=row["patient_key"],
        purpose=row["purpose"],
        state=row["state"],
    )
