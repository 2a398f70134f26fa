"""Taking a service's memory away, and giving it back."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.site import RunningSite

_KEPT = "kept_aside"
_FIXED = {"migrations", "outbox_pending"}
"""What the owner wrote, and what is empty when everything is published."""


@contextmanager
def without_memory(site: RunningSite, service: str) -> Iterator[None]:
    """A service that forgot everything but how far it had read; afterwards it knows again what it knew."""
    tables = [
        row["tablename"]
        for row in site.rows("SELECT tablename FROM pg_tables WHERE schemaname = %s", service)
        if row["tablename"] not in _FIXED
    ]
    everything = ", ".join(f"{service}.{table}" for table in tables)
    site.run(f"CREATE SCHEMA {_KEPT}")
    for table in tables:
        site.run(f"CREATE TABLE {_KEPT}.{table} AS TABLE {service}.{table}")
    site.run(f"TRUNCATE {everything}")
    try:
        yield
    finally:
        # Whoever keeps its own history writes nothing of it now.
        back = "".join(
            f"INSERT INTO {service}.{table} SELECT * FROM {_KEPT}.{table};" for table in tables
        )
        site.run(
            f"SET session_replication_role = replica; TRUNCATE {everything}; {back}"
            f" DROP SCHEMA {_KEPT} CASCADE"
        )
