"""The patients and the numbers that stand for them, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence

from services.chassis.connection import Connection
from services.discharge.domain.identity import Alias
from services.discharge.domain.patient import Patient

_ALIASES = """
SELECT identifier_key, patient_key, by_nhs_number
FROM patient_identifiers WHERE identifier_key = ANY($1::text[])
"""

_LOAD = """
SELECT patient_key, nhs_number, test_patient, said, described, version
FROM patients WHERE patient_key = ANY($1::text[])
ORDER BY patient_key FOR UPDATE
"""

_CHANGE = """
UPDATE patients
SET nhs_number = new.nhs_number, test_patient = new.test_patient, said = new.said,
    described = new.described, version = new.version
FROM unnest($1::text[], $2::text[], $3::boolean[], $4::jsonb[], $5::jsonb[], $6::integer[])
    AS new (patient_key, nhs_number, test_patient, said, described, version)
WHERE patients.patient_key = new.patient_key
"""

_LEARN = """
INSERT INTO patient_identifiers (identifier_key, patient_key, by_nhs_number)
SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[])
ON CONFLICT (identifier_key) DO UPDATE
SET patient_key = excluded.patient_key, by_nhs_number = excluded.by_nhs_number
WHERE excluded.by_nhs_number AND NOT patient_identifiers.by_nhs_number
"""

_COLUMNS = ("patient_key", "nhs_number", "test_patient", "said", "described", "version")


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
        """Lock and load."""
        if not keys:
            return {}
        return {
            row["patient_key"]: Patient(*row) for row in await connection.fetch(_LOAD, list(keys))
        }

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
    return (
        patient.patient_key,
        patient.nhs_number,
        patient.test_patient,
        patient.said,
        patient.described,
        patient.version,
    )
