"""What an offer that is made later or passed on changes in the tables: who is asked moves, who is accountable waits."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.offer_facts import OfferRedirected, OfferUnanswered, TasksOffered
from services.referral.outbound.replan_writer import JOIN_PARTIES
from services.referral.outbound.rows import offer_row

ANSWER = """
UPDATE offers SET state = $2, answered_at = $3, answered_by = $4, answered_because = $5 WHERE offer_id = $1
"""
# Two acts may have read the clock in another order than they got the lock: an owner never changes backwards.
TAKE_TASKS = """
UPDATE tasks SET status = $5, owner_team = $2, owned_by = $4, owner_person = '',
                 owned_since = CASE WHEN owner_team = $2 THEN owned_since
                                    ELSE greatest($3, owned_since + interval '1 microsecond') END
WHERE task_id = ANY($1::uuid[])
"""
_ASK_ANOTHER = "UPDATE tasks SET offer_id = $2, status = 'requested', owner_person = '' WHERE task_id = ANY($1::uuid[])"
# Tasks may join an offer that waits already.
_MAKE = """
INSERT INTO offers (offer_id, handover_id, team, role, instead_of, due_at, from_team, redirects, redirect_count, accept_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (offer_id) DO UPDATE SET due_at = least(offers.due_at, excluded.due_at)
"""
_WHY = "UPDATE offers SET made_because = $2 WHERE offer_id = $1 AND made_because = ''"
_FIRST_DUE = "SELECT asked.offer_id, min(due_at) AS due_at FROM unnest($1::uuid[], $2::uuid[]) AS asked (offer_id, task_id) JOIN tasks USING (task_id) GROUP BY 1"
_EMPTIED = """
UPDATE offers o SET state = 'withdrawn', answered_at = $2, answered_by = $3, answered_because = $4
WHERE offer_id = ANY(SELECT t.offer_id FROM tasks t WHERE t.task_id = ANY($1::uuid[])) AND state = 'offered'
  AND NOT EXISTS (SELECT FROM tasks t WHERE t.offer_id = o.offer_id AND t.closed_at IS NULL AND t.task_id <> ALL($1))
"""
_UNANSWERED = "UPDATE offers SET unanswered = true WHERE offer_id = $1"
_OfferedLater = TasksOffered | OfferRedirected


async def write_offered(
    connection: Connection, happened: Sequence[tuple[UUID, TasksOffered]]
) -> None:
    """An earlier offer that nothing is asked by any more is withdrawn first: a team is never asked twice at once."""
    await connection.executemany(_EMPTIED, [(f.tasks, f.at, f.by, f.reason) for _, f in happened])
    await _make(connection, happened)


async def write_redirected(
    connection: Connection, happened: Sequence[tuple[UUID, OfferRedirected]]
) -> None:
    """Whoever passes it on is accountable from this moment until the next team accepts."""
    await connection.executemany(
        ANSWER, [(f.offer_id, "redirected", f.at, f.by, f.reason) for _, f in happened]
    )
    await connection.executemany(
        TAKE_TASKS, [(f.tasks, f.team, f.at, f.by, "requested") for _, f in happened]
    )
    await _make(connection, happened)


async def write_unanswered(
    connection: Connection, happened: Sequence[tuple[UUID, OfferUnanswered]]
) -> None:
    """Said once."""
    await connection.executemany(_UNANSWERED, [(f.offer_id,) for _, f in happened])
    await connection.executemany(
        JOIN_PARTIES, sorted({(team, of) for of, f in happened for team in f.told_teams})
    )


async def _make(connection: Connection, happened: Sequence[tuple[UUID, _OfferedLater]]) -> None:
    pairs = [(f.offer.offer_id, task) for _, f in happened for task in f.tasks]
    rows = await connection.fetch(_FIRST_DUE, [o for o, _ in pairs], [t for _, t in pairs])
    first = {row["offer_id"]: row["due_at"] for row in rows}
    await connection.executemany(
        _MAKE, [offer_row(f.offer, first.get(f.offer.offer_id, f.at)) for _, f in happened]
    )
    await connection.executemany(_WHY, [(f.offer.offer_id, f.reason) for _, f in happened])
    await connection.executemany(_ASK_ANOTHER, [(f.tasks, f.offer.offer_id) for _, f in happened])
    await connection.executemany(
        JOIN_PARTIES,
        sorted({(team, of) for of, f in happened for team in (f.offer.team, f.offer.from_team)}),
    )
