"""How far the discharges of a run have come, read from the database, and when each of them was through."""

import time
from collections.abc import Mapping, Sequence

import psycopg

from bench.site import Site

_EVERY = 0.2
_COUNTS = """
SELECT (SELECT count(*) FROM notify.plans), (SELECT count(*) FROM notify.people),
       (SELECT count(*) FROM referral.people),
       (SELECT count(*) FROM discharge.outbox_pending) + (SELECT count(*) FROM referral.outbox_pending)
       + (SELECT count(*) FROM notify.outbox_pending)
"""
_COMMITTED = """
SELECT patient_key, extract(epoch FROM max(pg_xact_commit_timestamp(xmin)))::float8
FROM notify.alerts WHERE patient_key = ANY(%s) GROUP BY patient_key
"""


class StuckError(RuntimeError):
    """Nothing moves any more although not everything has arrived."""


def wait_until_through(site: Site, how_many: int, patience: float) -> None:
    """Return when so many discharges have had every effect, and nothing waits to be published.

    Raises `StuckError` after `patience` seconds without any change.
    """
    wanted = (how_many, how_many, how_many, 0)
    seen: Sequence[int] = ()
    changed_at = time.monotonic()
    with site.superuser() as connection:
        while True:
            counts = connection.execute(_COUNTS).fetchone() or ()
            if counts == wanted:
                return
            if counts != seen:
                seen, changed_at = counts, time.monotonic()
            if time.monotonic() - changed_at > patience:
                raise StuckError(_describe(connection, seen, how_many))
            time.sleep(_EVERY)


def committed_at(site: Site, keys: Sequence[str]) -> Mapping[str, float]:
    """When the last alert of each patient was committed, in seconds since 1970 by the database's clock."""
    with site.superuser() as connection:
        return dict(connection.execute(_COMMITTED, [list(keys)]).fetchall())


def _describe(connection: psycopg.Connection, seen: Sequence[int], how_many: int) -> str:
    parked = [
        f"{service}: {count} parked ({reason} {error})"
        for service in ("discharge", "referral", "notify")
        for reason, error, count in connection.execute(
            f"SELECT reason, error, count(*) FROM {service}.parked "  # noqa: S608  (our own names)
            "WHERE resolved_at IS NULL GROUP BY 1, 2"
        ).fetchall()
    ]
    return f"plans, people, people, unpublished: {seen} of {how_many}; {'; '.join(parked) or 'nothing parked'}"
