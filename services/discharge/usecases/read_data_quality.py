"""Read how good the data of each source is: what its messages were flagged for, and how often."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.chassis.connection import Connection
from services.discharge.usecases.review_ports import Reviews, Row

MOST_DAYS = 31


async def read_data_quality(
    connection: Connection, reviews: Reviews, now: datetime, days: int, own_of: str | None
) -> Sequence[Row]:
    """For each source and flag: messages in these days and in the last 24 hours, and when the latest came."""
    since = now - timedelta(days=min(days, MOST_DAYS))
    return await reviews.quality(connection, since, now - timedelta(hours=24), own_of)
