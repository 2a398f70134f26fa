"""Contact records in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

from asyncpg import Record

from services.chassis.connection import Connection
from services.notify.domain.person import Person
from services.notify.usecases.records import Description

_NAMES = tuple(each.name for each in fields(Description))
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
SELECT patient_key, prefix, given, family, birth_date, contact_points, address_lines, postcode, language, needs,
       verification, deceased, death_status, restricted, identity_held, test_patient, replaced_by
FROM people WHERE patient_key = ANY($1::text[])
"""

# Key by key, because almost nobody was ever replaced, which a plan made before the first ANALYZE does not know.
_REPLACED = """
SELECT replaced.patient_key
FROM unnest($1::text[]) AS asked (key)
CROSS JOIN LATERAL (SELECT patient_key FROM people WHERE replaced_by = asked.key OFFSET 0) AS replaced
"""

_IDENTITIES = """
SELECT patient_key, identity_held, replaced_by FROM people WHERE patient_key = ANY($1::text[])
"""

_HOLD = "SELECT FROM people WHERE patient_key = ANY($1::text[]) ORDER BY patient_key FOR SHARE"


async def keep(connection: Connection, descriptions: Sequence[Description]) -> None:
    """Keep each patient's latest description; older words than what is known change nothing."""
    if descriptions:
        # The values are plain already, so they need no copies of their own.
        rows = [{name: getattr(said, name) for name in _NAMES} for said in descriptions]
        await connection.execute(_KEEP, rows)


async def find(connection: Connection, keys: Collection[str]) -> dict[str, Person]:
    """The contact records of these patients, as far as they are known; under a retired key, of its successor.

    One statement, and one more for each time that a key was replaced.
    """
    known: dict[str, Record] = {}
    wanted = set(keys)
    while wanted:
        rows = await connection.fetch(_FIND, list(wanted))
        known |= {row["patient_key"]: row for row in rows}
        wanted = {row["replaced_by"] for row in rows if row["replaced_by"]} - known.keys()
    last = {key: _last(key, known) for key in keys}
    return {key: _person(known[of]) for key, of in last.items() if of}


async def family(connection: Connection, keys: Collection[str]) -> set[str]:
    """These keys, and every retired one whose person is now known under one of them."""
    found = set(keys)
    new = set(keys)
    while new:
        rows = await connection.fetch(_REPLACED, list(new))
        new = {row["patient_key"] for row in rows} - found
        found |= new
    return found


async def identities(
    connection: Connection, keys: Collection[str]
) -> dict[str, tuple[bool, str | None]]:
    """For each known key whether its identity is held, and the key that replaced it."""
    rows = await connection.fetch(_IDENTITIES, list(keys))
    return {row["patient_key"]: (row["identity_held"], row["replaced_by"]) for row in rows}


async def hold(connection: Connection, keys: Collection[str]) -> None:
    """Let nobody change what is known of these patients until the transaction ends."""
    await connection.execute(_HOLD, list(keys))


async def forget(connection: Connection, keys: Collection[str]) -> None:
    """Delete the contact records of these patients."""
    await connection.execute("DELETE FROM people WHERE patient_key = ANY($1::text[])", list(keys))


def _last(key: str, known: Mapping[str, Record]) -> str | None:
    """The end of a chain of replaced keys; None when it is not known, or when there is none because it is a circle."""
    passed: set[str] = set()
    while key in known and key not in passed:
        passed.add(key)
        successor = known[key]["replaced_by"]
        if successor is None:
            return key
        key = successor
    return None


def _person(row: Record) -> Person:
    values = dict(row)
    del values["replaced_by"]
    points = values.pop("contact_points")
    return Person(
        email=next((point["value"] for point in points if point["kind"] == "email"), ""),
        address_lines=tuple(values.pop("address_lines")),
        needs=tuple(values.pop("needs")),
        **values,
    )
