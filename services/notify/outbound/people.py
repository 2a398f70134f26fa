"""Contact records in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from asyncpg import Record

from services.chassis.connection import Connection
from services.notify.domain.person import Person
from services.notify.usecases.records import Description

_KEEP = """
INSERT INTO people (
    patient_key, described_at, prefix, given, family, birth_date, contact_points, address_lines, postcode,
    practice, language, needs, verification, deceased, restricted, test_patient)
SELECT
    patient_key, described_at, prefix, given, family, birth_date, contact_points, address_lines, postcode,
    practice, language, needs, verification, deceased, restricted, test_patient
FROM jsonb_to_recordset($1) AS said (
    patient_key text, described_at timestamptz, prefix text, given text, family text, birth_date date,
    contact_points jsonb, address_lines jsonb, postcode text, practice text, language text, needs jsonb,
    verification text, deceased boolean, restricted boolean, test_patient boolean)
ORDER BY patient_key
ON CONFLICT (patient_key) DO UPDATE SET
    described_at = excluded.described_at, prefix = excluded.prefix, given = excluded.given,
    family = excluded.family, birth_date = excluded.birth_date, contact_points = excluded.contact_points,
    address_lines = excluded.address_lines, postcode = excluded.postcode, practice = excluded.practice,
    language = excluded.language, needs = excluded.needs, verification = excluded.verification,
    deceased = excluded.deceased, restricted = excluded.restricted, test_patient = excluded.test_patient
WHERE people.described_at <= excluded.described_at
"""

_FIND = """
SELECT patient_key, prefix, given, family, birth_date, contact_points, address_lines, postcode, language, needs,
       verification, deceased, restricted, test_patient
FROM people WHERE patient_key = ANY($1::text[])
"""


async def keep(connection: Connection, descriptions: Sequence[Description]) -> None:
    """Keep each patient's latest description; older words than what is known change nothing."""
    if descriptions:
        await connection.execute(_KEEP, [asdict(description) for description in descriptions])


async def find(connection: Connection, keys: Collection[str]) -> dict[str, Person]:
    """The contact records of these patients, as far as they are known."""
    if not keys:
        return {}
    rows = await connection.fetch(_FIND, list(keys))
    return {row["patient_key"]: _person(row) for row in rows}


async def forget(connection: Connection, keys: Collection[str]) -> None:
    """Delete the contact records of these patients."""
    await connection.execute("DELETE FROM people WHERE patient_key = ANY($1::text[])", list(keys))


def _person(row: Record) -> Person:
    values = dict(row)
    points = values.pop("contact_points")
    return Person(
        email=next((point["value"] for point in points if point["kind"] == "email"), ""),
        address_lines=tuple(values.pop("address_lines")),
        needs=tuple(values.pop("needs")),
        **values,
    )
