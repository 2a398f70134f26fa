"""Private links in PostgreSQL, found by the hash of their token."""

import hmac
from collections.abc import Collection

from services.chassis.connection import Connection
from services.notify.domain.link import Link

_FIND = """
SELECT token_hash, handover_id, patient_key, purpose, expires_at, revoked_at FROM links WHERE token_hash = $1
"""


async def find(connection: Connection, token_hash: bytes) -> tuple[Link, str] | None:
    """The link and the patient's opaque key."""
    row = await connection.fetchrow(_FIND, token_hash)
    if row is None or not hmac.compare_digest(row["token_hash"], token_hash):
        return None
    link = Link(row["handover_id"], row["purpose"], row["expires_at"], row["revoked_at"])
    return link, row["patient_key"]


async def forget(connection: Connection, keys: Collection[str]) -> None:
    """Delete the links of these patients."""
    await connection.execute("DELETE FROM links WHERE patient_key = ANY($1::text[])", list(keys))
