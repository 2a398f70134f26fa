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
    practice, language, needs, verification, deceased, death_status, restricted, identity_held, replaced_by,
    test_patient)
SELECT
    patient_key, described_at, prefix, given, family, birth_date, contact_points, address_lines, postcode,
    practice, language, needs, verification, deceased, death_status, restricted, identity_held, replaced_by,
    test_patient
FROM jsonb_to_recordset($1) AS said (
    patient_key text, described_at timestamptz, prefix text, given text, family text, birth_date date,
    contact_points jsonb, address_lines jsonb, postcode text, practice text, language text, needs jsonb,
    verification text, deceased boolean, death_status text, restricted boolean, identity_held boolean,
    replaced_by text, test_patient boolean)
ORDER BY patient_key
ON CONFLICT (patient_key) DO UPDATE SET
    described_at = excluded.described_at, prefix = excluded.prefix, given = excluded.given,
    family = excluded.family, birth_date = excluded.birth_date, contact_points = excluded.contact_points,
    address_lines = excluded.address_lines, postcode = excluded.postcode, practice = excluded.practice,
    language = excluded.language, needs = excluded.needs, verification = excluded.verification,
    deceased = excluded.deceased, death_status = excluded.death_status, restricted = excluded.restricted,
    identity_held = excluded.identity_held, replaced_by = excluded.replaced_by,
    test_patient = excluded.test_patient
WHERE people.described_at <= excluded.described_at
"""

_FIND = """
WITH RECURSIVE chain (asked, patient_key, links) AS (
    SELECT key, key, 0 FROM unnest($1::text[]) AS key
    UNION ALL
    SELECT chain.asked, people.replaced_by, chain.links + 1
    FROM chain JOIN people USING (patient_key)
    WHERE people.replaced_by IS NOT NULL AND chain.links < $2
)
SELECT asked, patient_key, prefix, given, family, birth_date, contact_points, address_lines, postcode, language,
       needs, verification, deceased, death_status, restricted, identity_held, test_patient
FROM chain JOIN people USING (patient_key)
WHERE people.replaced_by IS NULL
"""

# UNION and not UNION ALL: records that replace each other in a circle are found once.
_FAMILY = """
WITH RECURSIVE family (patient_key) AS (
    SELECT unnest($1::text[])
    UNION
    SELECT people.patient_key FROM family JOIN people ON people.replaced_by = family.patient_key
)
SELECT patient_key FROM family
"""

_IDENTITIES = """
SELECT patient_key, identity_held, replaced_by FROM people WHERE patient_key = ANY($1::text[])
ORDER BY patient_key FOR UPDATE
"""

_HOLD = "SELECT FROM people WHERE patient_key = ANY($1::text[]) ORDER BY patient_key FOR SHARE"
_MOST_LINKS = 10
"""How often a person's key may have been replaced; more, and a circle is not followed for ever."""


async def keep(connection: Connection, descriptions: Sequence[Description]) -> None:
    """Keep each patient's latest description; older words than what is known change nothing."""
    if descriptions:
        await connection.execute(_KEEP, [asdict(description) for description in descriptions])


async def find(connection: Connection, keys: Collection[str]) -> dict[str, Person]:
    """The contact records of these patients, as far as they are known; under a retired key, of its successor."""
    if not keys:
        return {}
    rows = await connection.fetch(_FIND, list(keys), _MOST_LINKS)
    return {row["asked"]: _person(row) for row in rows}


async def family(connection: Connection, keys: Collection[str]) -> set[str]:
    """These keys, and every retired one whose person is now known under one of them."""
    return {row["patient_key"] for row in await connection.fetch(_FAMILY, list(keys))}


async def identities(
    connection: Connection, keys: Collection[str]
) -> dict[str, tuple[bool, str | None]]:
    """For each known key whether its identity is held, and the key that replaced it; locked."""
    rows = await connection.fetch(_IDENTITIES, list(keys))
    return {row["patient_key"]: (row["identity_held"], row["replaced_by"]) for row in rows}


async def hold(connection: Connection, keys: Collection[str]) -> None:
    """Let nobody change what is known of these patients until the transaction ends."""
    await connection.execute(_HOLD, list(keys))


async def forget(connection: Connection, keys: Collection[str]) -> None:
    """Delete the contact records of these patients."""
    await connection.execute("DELETE FROM people WHERE patient_key = ANY($1::text[])", list(keys))


def _person(row: Record) -> Person:
    values = dict(row)
    del values["asked"]
    points = values.pop("contact_points")
    return Person(
        email=next((point["value"] for point in points if point["kind"] == "email"), ""),
        address_lines=tuple(values.pop("address_lines")),
        needs=tuple(values.pop("needs")),
        **values,
    )
