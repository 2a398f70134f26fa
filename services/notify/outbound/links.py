"""Private links in PostgreSQL, found by the hash of their token."""

import hmac
from collections.abc import Collection, Mapping
from uuid import UUID

from services.chassis.connection import Connection
from services.notify.domain.link import Link

_FIND = """
SELECT token_hash, handover_id, patient_key, purpose, expires_at, revoked_at FROM links WHERE token_hash = $1
"""

_REVOKE = """
UPDATE links SET revoked_at = clock_timestamp() WHERE patient_key = ANY($1::text[]) AND revoked_at IS NULL
"""

_MOVE = """
UPDATE links SET patient_key = said.patient_key, revoked_at = coalesce(links.revoked_at, clock_timestamp())
FROM unnest($1::uuid[], $2::text[]) AS said (handover_id, patient_key)
WHERE links.handover_id = said.handover_id
"""


async def find(connection: Connection, token_hash: bytes) -> tuple[Link, str] | None:
    """The link and the patient's opaque key."""
    row = await connection.fetchrow(_FIND, token_hash)
    if row is None or not hmac.compare_digest(row["token_hash"], token_hash):
        return None
    link = Link(row["handover_id"], row["purpose"], row["expires_at"], row["revoked_at"])
    return link, row["patient_key"]


async def revoke(connection: Connection, keys: Collection[str]) -> None:
    """Close every link of these patients: somebody else may hold it."""
    await connection.execute(_REVOKE, list(keys))


async def move(connection: Connection, keys: Mapping[UUID, str]) -> None:
    """Let the links of these handovers belong to other patients' keys, and open for nobody any more."""
    await connection.execute(_MOVE, list(keys), list(keys.values()))


async def forget(connection: Connection, keys: Collection[str]) -> None:
    """Delete the links of these patients."""
    await connection.execute("DELETE FROM links WHERE patient_key = ANY($1::text[])", list(keys))
