"""List messages, the newest first: who sent them, what they were told, what waits for a person."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from services.chassis.connection import Connection
from services.discharge.usecases.review_ports import Filters, Reviews, Row

DAYS = 7
"""How far back a list goes that does not say; what waits for a person is always shown whole."""


async def list_messages(
    connection: Connection, reviews: Reviews, filters: Filters, now: datetime
) -> tuple[Sequence[Row], bool]:
    """One page, and whether there are more."""
    narrow = filters.waiting or filters.clash or filters.spell_id is not None
    since = filters.since if filters.since or narrow else now - timedelta(days=DAYS)
    asked = replace(filters, since=since, limit=filters.limit + 1)
    rows = await reviews.page(connection, asked)
    return rows[: filters.limit], len(rows) > filters.limit
