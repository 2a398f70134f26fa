"""The stays in hospital, in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Any

import asyncpg

from services.chassis.connection import Connection
from services.discharge.domain.spell import Spell
from services.discharge.usecases.ports import Stay

_LOAD = """
SELECT spell_id, realm, trust, correlation, patient_key, known_by_nhs_number, birth_date, provider,
       encounter_class, admitted_at, discharged_at, method, destination, specialty, practice,
       pharmacy, diagnoses, indicators, deceased, test_patient, admission_said, discharge_said, said
FROM spells
WHERE (realm, trust, correlation) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
ORDER BY spell_id FOR UPDATE
"""

_CHANGE = """
UPDATE spells
SET patient_key = new.patient_key, known_by_nhs_number = new.known_by_nhs_number,
    birth_date = new.birth_date, encounter_class = new.encounter_class,
    admitted_at = new.admitted_at, discharged_at = new.discharged_at, method = new.method,
    destination = new.destination, specialty = new.specialty, practice = new.practice,
    pharmacy = new.pharmacy, diagnoses = new.diagnoses, indicators = new.indicators,
    deceased = new.deceased, test_patient = new.test_patient, admission_said = new.admission_said,
    discharge_said = new.discharge_said, said = new.said
FROM unnest(
    $1::uuid[], $2::text[], $3::boolean[], $4::text[], $5::text[], $6::timestamptz[],
    $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
    $13::jsonb[], $14::jsonb[], $15::boolean[], $16::boolean[], $17::boolean[], $18::boolean[],
    $19::integer[]
) AS new (
    spell_id, patient_key, known_by_nhs_number, birth_date, encounter_class, admitted_at,
    discharged_at, method, destination, specialty, practice, pharmacy, diagnoses, indicators,
    deceased, test_patient, admission_said, discharge_said, said
)
WHERE spells.spell_id = new.spell_id
"""

_FIXED = ("realm", "trust", "correlation", "provider")
_CHANGING = (
    "spell_id",
    "patient_key",
    "known_by_nhs_number",
    "birth_date",
    "encounter_class",
    "admitted_at",
    "discharged_at",
    "method",
    "destination",
    "specialty",
    "practice",
    "pharmacy",
    "diagnoses",
    "indicators",
    "deceased",
    "test_patient",
    "admission_said",
    "discharge_said",
    "said",
)


class PostgresSpells:
    """Keeps `spells`."""

    async def load(self, connection: Connection, stays: Collection[Stay]) -> list[Spell]:
        """Lock and load."""
        if not stays:
            return []
        return [_spell(row) for row in await connection.fetch(_LOAD, *zip(*stays, strict=True))]

    async def save(
        self, connection: Connection, new: Sequence[Spell], changed: Sequence[Spell]
    ) -> None:
        """Write what is new and what changed."""
        if new:
            await connection.copy_records_to_table(
                "spells",
                columns=(*_FIXED, *_CHANGING),
                records=[_row(spell, (*_FIXED, *_CHANGING)) for spell in new],
            )
        if changed:
            columns = zip(*(_row(spell, _CHANGING) for spell in changed), strict=True)
            await connection.execute(_CHANGE, *columns)


def _row(spell: Spell, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(spell, column) for column in columns)


def _spell(row: asyncpg.Record) -> Spell:
    fields = dict(row)
    fields["diagnoses"] = tuple((system, code) for system, code in fields["diagnoses"])
    fields["indicators"] = tuple((code, value) for code, value in fields["indicators"])
    return Spell(**fields)
