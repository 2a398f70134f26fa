"""The patients and the numbers that stand for them, in PostgreSQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict

import asyncpg

from services.chassis.connection import Connection
from services.discharge.domain.identity import Alias
from services.discharge.domain.patient import Link, Patient

_ALIASES = """
SELECT identifier_key, patient_key, by_nhs_number
FROM patient_identifiers WHERE identifier_key = ANY($1::text[])
"""

_LOAD = """
SELECT patient_key, nhs_number, test_patient, said, described, version, link, held_since,
       confirmed_at, confirmed_by, absorbed
FROM patients WHERE patient_key = ANY($1::text[])
ORDER BY patient_key FOR UPDATE
"""

_CHANGE = """
UPDATE patients
SET nhs_number = new.nhs_number, test_patient = new.test_patient, said = new.said,
    described = new.described, version = new.version, link = new.link,
    held_since = new.held_since, confirmed_at = new.confirmed_at,
    confirmed_by = new.confirmed_by,
    absorbed = ARRAY(SELECT jsonb_array_elements_text(new.absorbed))
FROM unnest(
    $1::text[], $2::text[], $3::boolean[], $4::jsonb[], $5::jsonb[], $6::integer[], $7::jsonb[],
    $8::text[], $9::text[], $10::text[], $11::jsonb[]
) AS new (
    patient_key, nhs_number, test_patient, said, described, version, link, held_since, confirmed_at,
    confirmed_by, absorbed
)
WHERE patients.patient_key = new.patient_key
"""

_LEARN = """
INSERT INTO patient_identifiers (identifier_key, patient_key, by_nhs_number)
SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[])
ON CONFLICT (identifier_key) DO UPDATE
SET patient_key = excluded.patient_key, by_nhs_number = excluded.by_nhs_number
WHERE excluded.by_nhs_number AND NOT patient_identifiers.by_nhs_number
"""

_COLUMNS = (
    "patient_key",
    "nhs_number",
    "test_patient",
    "said",
    "described",
    "version",
    "link",
    "held_since",
    "confirmed_at",
    "confirmed_by",
    "absorbed",
)


class PostgresPatients:
    """Keeps `patients` and `patient_identifiers`."""

    async def aliases(self, connection: Connection, keys: Collection[str]) -> dict[str, Alias]:
        """Whom local numbers stand for."""
        if not keys:
            return {}
        rows = await connection.fetch(_ALIASES, list(keys))
        return {
            row["identifier_key"]: Alias(row["patient_key"], row["by_nhs_number"]) for row in rows
        }

    async def load(self, connection: Connection, keys: Collection[str]) -> dict[str, Patient]:
        """Lock and load these records, and all that are linked to them."""
        loaded: dict[str, Patient] = {}
        wanted = set(keys)
        asked: set[str] = set()
        while wanted:
            asked |= wanted
            rows = await connection.fetch(_LOAD, list(wanted))
            found = {row["patient_key"]: _patient(row) for row in rows}
            loaded |= found
            wanted = {key for record in found.values() for key in _linked(record)} - asked
        return loaded

    async def save(
        self,
        connection: Connection,
        new: Sequence[Patient],
        changed: Sequence[Patient],
        aliases: Mapping[str, Alias],
    ) -> None:
        """Write what is new and what changed."""
        if new:
            await connection.copy_records_to_table(
                "patients", columns=_COLUMNS, records=[_row(patient) for patient in new]
            )
        if changed:
            columns = zip(*(_row(patient) for patient in changed), strict=True)
            await connection.execute(_CHANGE, *columns)
        if aliases:
            learnt = sorted(aliases.items())
            await connection.execute(
                _LEARN,
                [key for key, _ in learnt],
                [alias.patient_key for _, alias in learnt],
                [alias.by_nhs_number for _, alias in learnt],
            )


def _row(patient: Patient) -> tuple[object, ...]:
    link = patient.link
    return (
        patient.patient_key,
        patient.nhs_number,
        patient.test_patient,
        patient.said,
        patient.described,
        patient.version,
        asdict(link) if link else None,
        patient.held_since,
        patient.confirmed_at,
        patient.confirmed_by,
        patient.absorbed,
    )


def _patient(row: asyncpg.Record) -> Patient:
    fields = dict(row)
    fields["link"] = Link(**fields["link"]) if fields["link"] else None
    fields["absorbed"] = tuple(fields["absorbed"])
    return Patient(**fields)


def _linked(record: Patient) -> Iterator[str]:
    yield from record.absorbed
    if record.replaced_by:
        yield record.replaced_by
