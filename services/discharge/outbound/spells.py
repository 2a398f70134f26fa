"""The stays in hospital, in PostgreSQL."""

from collections.abc import Collection, Sequence
from typing import Any

import asyncpg

from services.chassis.connection import Connection
from services.discharge.domain.spell import Heard, Spell
from services.discharge.usecases.ports import Stay

_LOAD = """
SELECT spell_id, realm, trust, correlation, home_key, patient_key, known_by_nhs_number, birth_date,
       provider, former_keys, also, test_patient, heard, told, said
FROM spells
WHERE spell_id IN (
    SELECT spell_id FROM spells
    WHERE (realm, trust, correlation) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
    UNION ALL
    SELECT spell_id FROM spell_numbers
    WHERE (realm, trust, correlation) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))
)
ORDER BY spell_id FOR UPDATE
"""

_LOAD_OF = """
SELECT spell_id, realm, trust, correlation, home_key, patient_key, known_by_nhs_number, birth_date,
       provider, former_keys, also, test_patient, heard, told, said
FROM spells
WHERE home_key = ANY($1::text[]) ORDER BY spell_id FOR UPDATE
"""

_CHANGE = """
UPDATE spells
SET correlation = new.correlation, home_key = new.home_key, patient_key = new.patient_key,
    known_by_nhs_number = new.known_by_nhs_number, birth_date = new.birth_date,
    former_keys = ARRAY(SELECT jsonb_array_elements_text(new.former_keys)),
    also = ARRAY(SELECT jsonb_array_elements_text(new.also)),
    test_patient = new.test_patient, heard = new.heard, told = new.told, said = new.said
FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::jsonb[],
    $8::jsonb[], $9::boolean[], $10::jsonb[], $11::jsonb[], $12::integer[]
) AS new (
    spell_id, correlation, home_key, patient_key, known_by_nhs_number, birth_date, former_keys,
    also, test_patient, heard, told, said
)
WHERE spells.spell_id = new.spell_id
"""

_NUMBERS = """
INSERT INTO spell_numbers (realm, trust, correlation, spell_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
ON CONFLICT DO NOTHING
"""

_FIXED = ("realm", "trust", "provider")
_CHANGING = (
    "spell_id",
    "correlation",
    "home_key",
    "patient_key",
    "known_by_nhs_number",
    "birth_date",
    "former_keys",
    "also",
    "test_patient",
    "heard",
    "told",
    "said",
)


class PostgresSpells:
    """Keeps `spells` and `spell_numbers`."""

    async def load(self, connection: Connection, stays: Collection[Stay]) -> list[Spell]:
        """Lock and load the stays that go by these correlations."""
        if not stays:
            return []
        return [_spell(row) for row in await connection.fetch(_LOAD, *zip(*stays, strict=True))]

    async def load_of(self, connection: Connection, records: Collection[str]) -> list[Spell]:
        """Lock and load the stays whose messages name one of these records of persons."""
        return [_spell(row) for row in await connection.fetch(_LOAD_OF, list(records))]

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
        numbers = [
            (spell.realm, spell.trust, number, spell.spell_id)
            for spell in (*new, *changed)
            for number in spell.also
        ]
        if numbers:
            await connection.execute(_NUMBERS, *zip(*numbers, strict=True))


def _row(spell: Spell, columns: Sequence[str]) -> tuple[Any, ...]:
    values = {column: getattr(spell, column) for column in columns}
    values["heard"] = {"happenings": spell.heard.happenings, "details": spell.heard.details}
    return tuple(values.values())


def _spell(row: asyncpg.Record) -> Spell:
    fields = dict(row)
    heard = fields["heard"]
    fields["heard"] = Heard(tuple(map(tuple, heard["happenings"])), heard["details"])
    fields["former_keys"], fields["also"] = tuple(fields["former_keys"]), tuple(fields["also"])
    return Spell(**fields)
