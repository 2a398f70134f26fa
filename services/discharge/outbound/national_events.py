"""The national events, in PostgreSQL: kept once, and handed out by a lease on the database's clock."""

from collections.abc import Sequence

from services.chassis.connection import Connection
from services.discharge.domain.national import Due, NationalEvent, Result
from services.discharge.usecases.national_ports import Backlog

LEASE_SECONDS = 30.0
"""Longer than one try can take, so that nobody else tries at the same time."""
STRANGERS_DAYS = 30
"""How long an event about a stranger may still find its patient."""

_HEAR = """
WITH heard AS (
    SELECT CASE WHEN NOT $9::boolean THEN 'noted'
                WHEN EXISTS (SELECT FROM patients WHERE patient_key = $5 AND nhs_number IS NOT NULL)
                THEN 'waiting' ELSE 'no-such-patient' END AS state
)
INSERT INTO national_events (
    event_ref, source, event_id, type, patient_key, happened_at, received_at, handed_in_by, urgent,
    state, next_try_at, ended_at
)
SELECT $1, $2, $3, $4, $5, $6, clock_timestamp(), $7, $8, state, clock_timestamp(),
       CASE WHEN state <> 'waiting' THEN clock_timestamp() END
FROM heard
ON CONFLICT (source, event_id) DO NOTHING
RETURNING state
"""

_CLAIM = """
WITH due AS (
    SELECT event_ref FROM national_events
    WHERE state = 'waiting' AND next_try_at <= clock_timestamp()
    ORDER BY urgent DESC, next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
)
UPDATE national_events AS event
SET tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => $2)
FROM due WHERE event.event_ref = due.event_ref
RETURNING event.event_ref, source, event_id, type, urgent AS death, happened_at, handed_in_by,
    (SELECT nhs_number FROM patients WHERE patients.patient_key = event.patient_key) AS nhs_number,
    tries, clock_timestamp() AS claimed_at,
    EXISTS (
        SELECT FROM source_messages AS message
        WHERE message.dialect = 'pds' AND message.organisation = $3
          AND message.application = event.source AND message.control_id = event.event_id
          AND message.answer = 'AA' AND message.control_id <> '' AND message.resubmits IS NULL
    ) AS taken_in
"""

_RECORD = """
UPDATE national_events AS event
SET state = coalesce(result.ending, 'waiting'), reason = result.reason,
    tries = event.tries - CASE WHEN result.counts THEN 0 ELSE 1 END,
    next_try_at = clock_timestamp() + make_interval(secs => result.pause),
    ended_at = CASE WHEN result.ending IS NOT NULL THEN clock_timestamp() END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], $5::boolean[])
    AS result (event_ref, ending, reason, pause, counts)
WHERE event.event_ref = result.event_ref AND event.state = 'waiting'
"""

_WELCOME = """
UPDATE national_events AS event
SET state = 'waiting', ended_at = NULL, next_try_at = clock_timestamp()
FROM patients
WHERE event.state = 'no-such-patient'
  AND event.received_at > clock_timestamp() - make_interval(days => $1)
  AND patients.patient_key = event.patient_key AND patients.nhs_number IS NOT NULL
"""

_BACKLOG = """
SELECT count(*) AS waiting,
       coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float AS oldest,
       coalesce(extract(epoch FROM clock_timestamp() - min(received_at) FILTER (WHERE urgent)), 0)::float
           AS oldest_death,
       (SELECT count(*) FROM national_events WHERE state = 'failed') AS failed
FROM national_events WHERE state = 'waiting'
"""


class PostgresNationalEvents:
    """Keeps `national_events`."""

    def __init__(self, organisation: str) -> None:
        self._organisation = organisation
        """Under which the messages that were read from the national record are stored."""

    async def hear(self, connection: Connection, event: NationalEvent) -> str:
        """Store an event; returns its state, `repeated` when it was there already."""
        state: str | None = await connection.fetchval(
            _HEAR,
            event.event_ref,
            event.source,
            event.event_id,
            event.kind.type,
            event.patient_key,
            event.happened_at,
            event.handed_in_by,
            event.kind.death,
            event.kind.fetch,
        )
        return state or "repeated"

    async def claim(self, connection: Connection, limit: int) -> list[Due]:
        """Take events that are due, deaths first; nobody else gets them for a while."""
        rows = await connection.fetch(_CLAIM, limit, LEASE_SECONDS, self._organisation)
        return sorted((Due(**row) for row in rows), key=lambda due: not due.death)

    async def record(self, connection: Connection, results: Sequence[Result]) -> None:
        """Write what became of them."""
        await connection.execute(
            _RECORD,
            [result.event_ref for result in results],
            [result.ending for result in results],
            [result.reason for result in results],
            [result.pause for result in results],
            [result.counts for result in results],
        )

    async def welcome(self, connection: Connection) -> int:
        """Let events wait again whose person has become a patient here since; returns how many."""
        status = await connection.execute(_WELCOME, STRANGERS_DAYS)
        return int(status.rpartition(" ")[2])

    async def backlog(self, connection: Connection) -> Backlog:
        """How much waits, and for how long."""
        row = await connection.fetchrow(_BACKLOG)
        assert row is not None
        return Backlog(*row)
