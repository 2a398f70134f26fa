"""How much each source sends, in PostgreSQL: counted a minute at a time, never by reading everything again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import exp
from typing import Any

from services.chassis.connection import Connection
from services.discharge.domain.feeds import Feed, Slot, Usual
from services.discharge.outbound.message_list import first_id
from services.discharge.usecases.feed_ports import Count, Ruling, Source

_SPAN = """
SELECT counted_until AS since,
       date_trunc('milliseconds', least(clock_timestamp() - interval '60 seconds',
                                       counted_until + interval '1 hour')) AS until,
       CASE WHEN counted_until < clock_timestamp() - interval '5 minutes' THEN clock_timestamp()
            ELSE heard_since END AS heard_since,
       counted_until < clock_timestamp() - interval '61 minutes' AS behind
FROM feed_count FOR UPDATE SKIP LOCKED
"""
"""A message becomes visible a moment after its receipt: what is a minute old is all there.

Where nobody has counted for minutes, nobody was there to hear either: that silence is our own.
"""

_FADE = """
UPDATE feeds SET recent_messages = recent_messages * $1, recent_refused = recent_refused * $1,
    recent_late = recent_late * $1
WHERE recent_messages > 0.001
"""

_COUNT = """
-- Ids sort by time, so those of a minute are found without an index of their own.
WITH sent AS (
    SELECT organisation, application, date_trunc('hour', received_at, 'UTC') AS hour,
           min(received_at) AS first_at, max(received_at) AS last_at, count(*) AS messages,
           count(*) FILTER (WHERE answer <> 'AA') AS refused,
           count(*) FILTER (WHERE happened_at < received_at - $3::interval) AS late
    FROM source_messages
    WHERE message_id >= $1 AND message_id < $2 AND organisation <> '' AND dialect <> 'pds'
    GROUP BY 1, 2, 3
), totals AS (
    SELECT organisation, application, min(first_at) AS first_at, max(last_at) AS last_at,
           sum(messages) AS messages, sum(refused) AS refused, sum(late) AS late
    FROM sent GROUP BY 1, 2
), places AS (
    -- Somebody whose every message is refused does not become a source.
    SELECT totals.* FROM totals LEFT JOIN feeds AS known USING (organisation, application)
    WHERE known.organisation IS NOT NULL
    UNION ALL
    (SELECT totals.* FROM totals LEFT JOIN feeds AS known USING (organisation, application)
     WHERE known.organisation IS NULL AND totals.messages > totals.refused
     ORDER BY totals.first_at
     LIMIT greatest($4 - (SELECT count(*) FROM feeds), 0))
), noted AS (
    INSERT INTO feeds (organisation, application, first_message_at, last_message_at,
                       recent_messages, recent_refused, recent_late)
    SELECT organisation, application, first_at, last_at, messages, refused, late FROM places
    ON CONFLICT (organisation, application) DO UPDATE
    SET last_message_at = greatest(feeds.last_message_at, excluded.last_message_at),
        recent_messages = feeds.recent_messages + excluded.recent_messages,
        recent_refused = feeds.recent_refused + excluded.recent_refused,
        recent_late = feeds.recent_late + excluded.recent_late
), counted AS (
    INSERT INTO feed_hours (organisation, application, hour, messages, refused)
    SELECT organisation, application, hour, sent.messages, sent.refused
    FROM sent JOIN places USING (organisation, application)
    ON CONFLICT (organisation, application, hour) DO UPDATE
    SET messages = feed_hours.messages + excluded.messages,
        refused = feed_hours.refused + excluded.refused
)
UPDATE feed_count SET counted_until = $5, heard_since = $6
"""

_USUAL = """
WITH hours AS (
    SELECT hour, extract(hour FROM local)::int AS local_hour,
           CASE WHEN local::date = ANY($3::date[]) THEN 6
                ELSE extract(isodow FROM local)::int - 1 END AS day
    FROM generate_series(date_trunc('hour', clock_timestamp(), 'UTC') - make_interval(weeks => $1),
                         date_trunc('hour', clock_timestamp(), 'UTC') - interval '1 hour',
                         interval '1 hour') AS hour,
         LATERAL (SELECT hour AT TIME ZONE 'Europe/London' AS local) AS england
)
SELECT organisation, application, day, local_hour,
       -- Without the busiest of them: one flood does not make the next quiet a silence.
       ((sum(coalesce(messages, 0)) - max(coalesce(messages, 0)))::float / greatest(count(*) - 1, 1))
           AS per_hour
FROM feeds JOIN hours ON hour >= first_message_at
LEFT JOIN feed_hours USING (organisation, application, hour)
WHERE first_message_at < clock_timestamp() - make_interval(weeks => $2)
GROUP BY organisation, application, day, local_hour
"""

_USUAL_REFUSED = """
UPDATE feeds SET usual_refused = past.refused / past.messages
FROM (
    SELECT organisation, application, sum(refused)::float AS refused, sum(messages)::float AS messages
    FROM feed_hours
    WHERE hour >= clock_timestamp() - make_interval(weeks => $1)
      AND hour < clock_timestamp() - interval '3 hours'
    GROUP BY organisation, application
) AS past
WHERE (feeds.organisation, feeds.application) = (past.organisation, past.application)
"""

_LOAD = """
SELECT organisation, application, first_message_at, last_message_at, recent_messages,
       recent_refused, recent_late, usual_refused, silent_since, refusing_since, catching_up_since
FROM feeds ORDER BY organisation, application
"""

_KEEP = """
UPDATE feeds
SET expected_per_hour = ruling.per_hour, expected_since_last = ruling.since_last,
    silent_since = CASE WHEN ruling.silent THEN coalesce(feeds.silent_since, $8) END,
    refusing_since = CASE WHEN ruling.refusing THEN coalesce(feeds.refusing_since, $8) END,
    catching_up_since = CASE WHEN ruling.late THEN coalesce(feeds.catching_up_since, $8) END,
    judged_at = $8
FROM unnest($1::text[], $2::text[], $3::float8[], $4::float8[], $5::boolean[], $6::boolean[],
            $7::boolean[])
    AS ruling (organisation, application, per_hour, since_last, silent, refusing, late)
WHERE (feeds.organisation, feeds.application) = (ruling.organisation, ruling.application)
"""

_READ = """
SELECT organisation, application, first_message_at, last_message_at, expected_per_hour,
       expected_since_last, recent_messages, recent_refused, recent_late, usual_refused,
       silent_since, refusing_since, catching_up_since, judged_at
FROM feeds
ORDER BY silent_since NULLS LAST, refusing_since NULLS LAST, catching_up_since NULLS LAST,
         organisation, application
"""
_FADE_SECONDS = 900.0


class PostgresFeeds:
    """Keeps `feeds`, `feed_hours` and `feed_count`."""

    async def count(
        self, connection: Connection, late_after: timedelta, most_feeds: int
    ) -> Count | None:
        """Count what came since the last time; None when somebody else does, or it was done just now."""
        span = await connection.fetchrow(_SPAN)
        if span is None or span["until"] <= span["since"]:
            return None
        since, until, heard_since = span["since"], span["until"], span["heard_since"]
        await connection.execute(_FADE, exp(-(until - since).total_seconds() / _FADE_SECONDS))
        ids = first_id(since), first_id(until)
        await connection.execute(_COUNT, *ids, late_after, most_feeds, until, heard_since)
        return Count(until, heard_since, span["behind"])

    async def usual(
        self, connection: Connection, weeks: int, weeks_needed: int, holidays: Collection[date]
    ) -> Mapping[Source, Usual]:
        """What each source that is old enough usually sends; and refreshes its usual share of refusals."""
        await connection.execute(_USUAL_REFUSED, weeks)
        found: dict[Source, dict[Slot, float]] = {}
        for row in await connection.fetch(_USUAL, weeks, weeks_needed, list(holidays)):
            slots = found.setdefault((row["organisation"], row["application"]), {})
            slots[row["day"], row["local_hour"]] = row["per_hour"]
        return {source: Usual(slots) for source, slots in found.items()}

    async def load(self, connection: Connection) -> list[Feed]:
        """Every source."""
        return [Feed(*row) for row in await connection.fetch(_LOAD)]

    async def keep(
        self, connection: Connection, rulings: Sequence[Ruling], judged_at: datetime
    ) -> None:
        """Write how they do."""
        await connection.execute(
            _KEEP,
            [each.feed.organisation for each in rulings],
            [each.feed.application for each in rulings],
            [each.verdict.expected_per_hour for each in rulings],
            [each.verdict.expected_since_last for each in rulings],
            [each.verdict.silent for each in rulings],
            [each.verdict.refusing for each in rulings],
            [each.verdict.catching_up for each in rulings],
            judged_at,
        )

    async def read(self, connection: Connection) -> list[Mapping[str, Any]]:
        """Every source for showing, the loudest trouble first."""
        return [dict(row) for row in await connection.fetch(_READ)]
