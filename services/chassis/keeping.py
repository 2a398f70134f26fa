"""How long the rows of each table are kept, and how those that are over are found; the chassis' own tables first."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Clearing:
    """How housekeeping finds what is over in one table."""

    sql: str
    """Deletes at most `$2` rows that have been over for `$1` days, and passes by what others hold."""
    days: int = 0
    """How long they stay; 0: as the setting says."""
    setting: str = ""
    """The field of the settings that says how many days."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a table holds, and how long. Every table has one: whoever adds a table decides."""

    table: str
    holds: str
    kept: str
    """How long, in words."""
    ended_by: str = "nobody"
    """Who deletes its rows, where that is not housekeeping."""
    clearing: Clearing | None = None


FOR_EVER: Final = "for ever: one row for each"
NOBODY: Final = "nobody"


def for_years(table: str, holds: str, ended_by: str = NOBODY) -> Keeping:
    """Part of what the site must be able to show for years: its period is the site's decision, never ours."""
    return Keeping(table, holds, "years, as the site decides", ended_by)


def audit(table: str, holds: str) -> Keeping:
    """Who looked at what, and who decided: kept as long as what it is about."""
    return Keeping(table, holds, "years, like what it is about")


# The time is asked for once, in a query of its own: an index can then be read up to it and no further.
# A row that waits to be published has no age: it stays. Ids sort by time, so the oldest are at one end of the key.
_OUTBOX = """
DELETE FROM outbox WHERE event_id IN (
    SELECT event_id FROM outbox
    WHERE event_id < (SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp() - make_interval(days => $1))
                                           * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid)
      AND recorded_at < (SELECT clock_timestamp() - make_interval(days => $1))
      AND NOT EXISTS (SELECT FROM outbox_pending WHERE outbox_pending.event_id = outbox.event_id)
    ORDER BY event_id LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_TIMERS = """
DELETE FROM timers WHERE timer_id IN (
    SELECT timer_id FROM timers
    WHERE coalesce(rung_at, cancelled_at) < (SELECT clock_timestamp() - make_interval(days => $1))
      AND (rung_at IS NOT NULL OR cancelled_at IS NOT NULL)
    ORDER BY coalesce(rung_at, cancelled_at) LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_PARKED = """
DELETE FROM parked WHERE parked_id IN (
    SELECT parked_id FROM parked WHERE resolved_at < (SELECT clock_timestamp() - make_interval(days => $1))
    ORDER BY resolved_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_ANSWERS = """
DELETE FROM idempotent_requests WHERE (actor, key) IN (
    SELECT actor, key FROM idempotent_requests WHERE made_at < (SELECT clock_timestamp() - make_interval(days => $1))
    ORDER BY made_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""

CHASSIS: Final = (
    Keeping(
        "outbox",
        "every event as it was said",
        "`BATON_KEEP_OUTBOX_DAYS` (30) after it was said, and until it is published",
        clearing=Clearing(_OUTBOX, setting="keep_outbox_days"),
    ),
    Keeping(
        "outbox_pending", "what is still to be published", "until it is published", "the relay"
    ),
    Keeping("relay_lease", "who publishes", "for ever: one row"),
    Keeping("relay_position", "how far each partition was written", f"{FOR_EVER} partition"),
    Keeping("inbox", "how far each stream was heard", f"{FOR_EVER} stream"),
    Keeping(
        "parked",
        "records that could not be handled, as they came; who decided what became of them",
        "`BATON_KEEP_PARKED_DAYS` (365) after they were resolved; what waits stays",
        clearing=Clearing(_PARKED, setting="keep_parked_days"),
    ),
    Keeping(
        "timers",
        "what rings when",
        "`BATON_KEEP_TIMERS_DAYS` (30) after it rang or was cancelled",
        clearing=Clearing(_TIMERS, setting="keep_timers_days"),
    ),
    Keeping(
        "idempotent_requests",
        "answers to commands, for whoever sends one again",
        "24 hours, as callers are told",
        clearing=Clearing(_ANSWERS, days=1),
    ),
    Keeping("housekeeping", "who clears up, and when it was last done", "for ever: one row"),
    Keeping("migrations", "what has been done to the schema", "for ever"),
)
