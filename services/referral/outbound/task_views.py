"""Tasks as they are shown, with their rule, offer and patient: each list is one statement over partial indexes."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound.person_views import read_person
from services.referral.usecases.views import Filters, RuleView, TaskView

_WORKLIST = """
WITH mine AS (
    (SELECT task_id FROM tasks
     WHERE ($1::text[] IS NULL OR owner_team = ANY($1)) AND closed_at IS NULL AND status <> 'requested'
       AND ($2::timestamptz IS NULL OR (due_at, task_id) > ($2, $3::uuid))
     ORDER BY due_at, task_id LIMIT $4)
    UNION
    (SELECT task_id FROM tasks
     WHERE ($1::text[] IS NULL OR told_teams && $1) AND escalated_at IS NOT NULL AND closed_at IS NULL
       AND ($2::timestamptz IS NULL OR (due_at, task_id) > ($2, $3::uuid))
     ORDER BY due_at, task_id LIMIT $4)
)
SELECT * FROM shown_tasks WHERE task_id IN (SELECT task_id FROM mine)
ORDER BY due_at, task_id LIMIT $4
"""
_LIST = """
WITH mine AS (
    SELECT task_id FROM tasks
    WHERE ($1::text[] IS NULL OR owner_team = ANY($1)) AND ($9::boolean IS NULL OR (closed_at IS NULL) = $9)
    UNION
    SELECT task_id FROM offers JOIN tasks USING (handover_id, offer_id)
    WHERE offers.state = 'offered' AND offers.team = ANY($1)
    UNION
    SELECT task_id FROM tasks WHERE escalated_at IS NOT NULL AND closed_at IS NULL AND told_teams && $1
)
SELECT * FROM shown_tasks
WHERE task_id IN (SELECT task_id FROM mine)
  AND ($2::timestamptz IS NULL OR (due_at, task_id) > ($2, $3::uuid))
  AND ($5::text IS NULL OR owner_team = $5 OR (offer_team = $5 AND offer_state = 'offered'))
  AND ($6::text IS NULL OR status = $6)
  AND ($7::text IS NULL OR patient_key = $7)
  AND ($8::timestamptz IS NULL OR due_at < $8)
  AND ($9::boolean IS NULL OR (closed_at IS NULL) = $9)
ORDER BY due_at, task_id LIMIT $4
"""
_ONE = """
SELECT * FROM shown_tasks s
WHERE task_id = $1
  AND ($2::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($2) AND p.handover_id = s.handover_id))
"""
_OF_HANDOVER = "SELECT * FROM shown_tasks WHERE handover_id = $1 ORDER BY due_at, task_id"
_OPEN: Mapping[str | None, bool] = {"open": True, "closed": False}


async def worklist(connection: Connection, filters: Filters) -> list[TaskView]:
    """Open tasks to be done by these teams, or told to them in silence."""
    at, after = filters.after or (None, None)
    return _read(await connection.fetch(_WORKLIST, _teams(filters), at, after, filters.limit))


async def listed(connection: Connection, filters: Filters) -> list[TaskView]:
    """Tasks that these teams own, are offered or were told of; `state` is open, closed or a status."""
    at, after = filters.after or (None, None)
    still_open = _OPEN.get(filters.state)
    rows = await connection.fetch(
        _LIST,
        _teams(filters),
        at,
        after,
        filters.limit,
        filters.team,
        filters.state if still_open is None else None,
        filters.patient_key,
        filters.due_before,
        still_open,
    )
    return _read(rows)


async def one(
    connection: Connection, task_id: UUID, teams: frozenset[str] | None
) -> TaskView | None:
    """A task that these teams may see."""
    rows = _read(await connection.fetch(_ONE, task_id, None if teams is None else sorted(teams)))
    return rows[0] if rows else None


async def of_handover(connection: Connection, handover_id: UUID) -> list[TaskView]:
    """Every task of a handover, the earliest deadline first."""
    return _read(await connection.fetch(_OF_HANDOVER, handover_id))


def _teams(filters: Filters) -> list[str] | None:
    return None if filters.teams is None else sorted(filters.teams)


def _read(rows: Iterable[asyncpg.Record]) -> list[TaskView]:
    return [
        TaskView(
            task_id=row["task_id"],
            handover_id=row["handover_id"],
            code=row["code"],
            owner_team=row["owner_team"],
            status=row["status"],
            status_reason=row["status_reason"],
            needs_outcome=row["needs_outcome"],
            anchored_at=row["anchored_at"],
            not_before=row["not_before"],
            due_at=row["due_at"],
            escalated_at=row["escalated_at"],
            told_teams=row["told_teams"],
            closed_at=row["closed_at"],
            offer_id=row["offer_id"],
            offer_team=row["offer_team"],
            offer_state=row["offer_state"],
            handover_state=row["handover_state"],
            late=row["late"],
            rule=_read_rule(row),
            person=read_person(row),
        )
        for row in rows
    ]


def _read_rule(row: asyncpg.Record) -> RuleView:
    if row["title"] is None:
        return RuleView(row["rule_id"], row["rule_version"], title=row["code"])
    return RuleView(
        rule_id=row["rule_id"],
        version=row["rule_version"],
        title=row["title"],
        force=row["force"],
        source=row["source"],
        confidence=row["confidence"],
        local_defaults=row["local_defaults"],
        counting=row["counting"],
        why=row["help_why"],
        done=row["help_done"],
        not_yours=row["help_not_yours"],
    )
