"""Where in a service's tables somebody can be found by what identifies them."""

from collections.abc import Callable

import asyncpg

Sightings = Callable[[str | bytes], list[str]]

_TABLES = """
SELECT table_name FROM information_schema.tables
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name
"""


async def traces(pool: asyncpg.Pool, sightings: Sightings) -> set[tuple[str, str, str]]:
    """Table, column and detail of everything that gives them away, in any row of any table that the service may read."""
    found = set()
    for table in await pool.fetch(_TABLES):
        name = table["table_name"]
        for row in await pool.fetch(f'SELECT * FROM "{name}"'):
            for column, value in row.items():
                said = value if isinstance(value, bytes) else str(value)
                found.update((name, column, what) for what in sightings(said))
    return found
