"""Whom the worklist is about, in one table."""

from collections.abc import Iterable, Sequence

from services.chassis.connection import Connection
from services.referral.usecases.records import PersonDescribed

_DESCRIBE = """
INSERT INTO people (patient_key, nhs_number, nhs_number_verified, family, given, birth_date, deceased, restricted,
                    described_at, death_status, identity_held, replaced_by, practice)
SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[], $4::text[], $5::text[], $6::date[], $7::boolean[],
                     $8::boolean[], $9::timestamptz[], $10::text[], $11::boolean[], $12::text[],
                     $13::text[])
ON CONFLICT (patient_key) DO UPDATE
SET nhs_number = excluded.nhs_number, nhs_number_verified = excluded.nhs_number_verified,
    family = excluded.family, given = excluded.given, birth_date = excluded.birth_date,
    deceased = excluded.deceased, restricted = excluded.restricted, described_at = excluded.described_at,
    death_status = excluded.death_status, identity_held = excluded.identity_held, replaced_by = excluded.replaced_by,
    practice = excluded.practice
WHERE people.described_at <= excluded.described_at
"""
# Key by key: a plan made for an empty table would read all of it for every batch, until statistics are gathered.
_PRACTICES = """
SELECT asked.key AS patient_key, known.practice
FROM unnest($1::text[]) AS asked (key)
CROSS JOIN LATERAL (SELECT practice FROM people WHERE patient_key = asked.key OFFSET 0) AS known
WHERE known.practice IS NOT NULL
"""


class PeopleTable:
    """Implements `usecases.ports.People`."""

    async def describe(self, connection: Connection, people: Sequence[PersonDescribed]) -> None:
        await connection.execute(
            _DESCRIBE,
            [one.patient_key for one in people],
            [one.nhs_number for one in people],
            [one.nhs_number_verified for one in people],
            [one.family for one in people],
            [one.given for one in people],
            [one.birth_date for one in people],
            [one.deceased for one in people],
            [one.restricted for one in people],
            [one.described_at for one in people],
            [one.death_status for one in people],
            [one.identity_held for one in people],
            [one.replaced_by for one in people],
            [one.practice for one in people],
        )

    async def practices(
        self, connection: Connection, patient_keys: Iterable[str]
    ) -> dict[str, str]:
        rows = await connection.fetch(_PRACTICES, list(patient_keys))
        return {row["patient_key"]: row["practice"] for row in rows}

    async def dead(self, connection: Connection, patient_keys: Iterable[str]) -> set[str]:
        rows = await connection.fetch(
            """
            SELECT patient_key FROM people
            WHERE patient_key = ANY($1::text[]) AND deceased AND death_status <> 'removed'
            """,
            list(patient_keys),
        )
        return {row["patient_key"] for row in rows}

    async def forget(self, connection: Connection, patient_keys: Sequence[str]) -> None:
        await connection.execute(
            "DELETE FROM people WHERE patient_key = ANY($1::text[])", list(patient_keys)
        )
