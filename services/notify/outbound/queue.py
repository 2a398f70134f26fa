"""The alerts that wait to be sent: claimed by one worker at a time, on the database's clock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.chassis.connection import Connection
from services.notify.outbound.alerts import ROW, read_claimed
from services.notify.usecases.records import Claimed

MOST_TOGETHER: Final = 5000
"""Of all teams of one batch; what is more goes in the next message."""

_CLAIM_DUE = f"""
{ROW}
WHERE state = 'waiting' AND next_attempt_at <= statement_timestamp()
  AND (lease_until IS NULL OR lease_until <= statement_timestamp() OR lease_owner = $2)
  AND NOT together
ORDER BY urgent DESC, next_attempt_at
LIMIT $1
FOR UPDATE SKIP LOCKED
"""

# One worker at a time puts the message of a team together: two would send two digests, or none.
_TEAMS_DUE = """
WITH due AS MATERIALIZED (
    SELECT team FROM alerts
    WHERE state = 'waiting' AND next_attempt_at <= statement_timestamp() AND together
      AND (lease_until IS NULL OR lease_until <= statement_timestamp() OR lease_owner = $2)
    GROUP BY team ORDER BY bool_or(urgent) DESC, min(next_attempt_at) LIMIT $1
)
SELECT team FROM due WHERE pg_try_advisory_xact_lock(hashtext('notify.together'), hashtext(team))
"""

_COMPANY = f"""
{ROW}
WHERE team = ANY($1::text[]) AND state = 'waiting' AND next_attempt_at <= statement_timestamp() AND together
  AND (lease_until IS NULL OR lease_until <= statement_timestamp() OR lease_owner = $2)
ORDER BY alert_id
LIMIT {MOST_TOGETHER}
FOR UPDATE SKIP LOCKED
"""

_LEASE = """
UPDATE alerts SET attempts = attempts + 1, lease_owner = $2, lease_until = clock_timestamp() + $3
WHERE alert_id = ANY($1::uuid[])
"""

_SOONEST = """
SELECT extract(epoch FROM least(
    (SELECT min(next_attempt_at) FROM alerts WHERE state = 'waiting' AND lease_until IS NULL),
    (SELECT min(CASE WHEN lease_owner = $1 THEN next_attempt_at ELSE lease_until END)
     FROM alerts WHERE lease_until IS NOT NULL),
    (SELECT min(wanted_at) FROM recalls WHERE ended_at IS NULL)
) - clock_timestamp())::float8
"""

_OLDEST_DUE = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(
    CASE WHEN attempts > 0 THEN made_at ELSE next_attempt_at END
)), 0)::float8
FROM alerts WHERE state = 'waiting' AND (attempts > 0 OR next_attempt_at <= statement_timestamp())
"""


async def claim_due(connection: Connection, limit: int, worker: UUID) -> list[Claimed]:
    """Lock alerts that are due now and that nobody else works on, urgent ones first.

    A worker asks only when it has nothing in hand: what it holds then is from a commit that it never heard of.
    """
    return [read_claimed(row) for row in await connection.fetch(_CLAIM_DUE, limit, worker)]


async def claim_together(connection: Connection, limit: int, worker: UUID) -> list[Claimed]:
    """Lock all that is due now and goes together, of as many teams, oldest first."""
    teams = [row["team"] for row in await connection.fetch(_TEAMS_DUE, limit, worker)]
    if not teams:
        return []
    return [read_claimed(row) for row in await connection.fetch(_COMPANY, teams, worker)]


async def lease(
    connection: Connection, ids: Sequence[UUID], owner: UUID, duration: timedelta
) -> None:
    """Note that an attempt at each begins now, and keep others away for the duration."""
    if ids:
        await connection.execute(_LEASE, ids, owner, duration)


async def seconds_until_due(connection: Connection, worker: UUID) -> float | None:
    """How long until there is something to do for this worker; negative when it is late, None when nothing waits."""
    seconds: float | None = await connection.fetchval(_SOONEST, worker)
    return seconds


async def oldest_due_seconds(connection: Connection) -> float:
    """How long the oldest alert waits that should have been sent or was tried in vain; 0 when there is none."""
    seconds: float = await connection.fetchval(_OLDEST_DUE)
    return max(0.0, seconds)
