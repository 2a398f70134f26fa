"""Tasks as they are shown, with their rule, offer and patient: each list is one statement over partial indexes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound import documents
from services.referral.outbound.person_views import read_person
from services.referral.outbound.rows import PRIORITIES
from services.referral.usecases.views import Filters, RuleView, TaskView

# Each branch walks an index of its own, team by team, and stops at the length of the page; only the page itself is
# joined with what it shows, row by row.
_LIST = """
WITH page AS (
    SELECT DISTINCT due_at, task_id
    FROM unnest($1::text[]) AS mine (team) CROSS JOIN LATERAL (
        (SELECT due_at, task_id FROM tasks
         WHERE owner_team = mine.team AND closed_at IS NULL AND $5::boolean IS NOT false
           AND ($2::timestamptz IS NULL OR (due_at, task_id) > ($2, $3::uuid))
           AND ($6::text IS NULL OR status = $6) AND ($7::timestamptz IS NULL OR due_at < $7)
         ORDER BY due_at, task_id LIMIT $4)
        UNION ALL
        (SELECT due_at, task_id FROM tasks
         WHERE owner_team = mine.team AND closed_at IS NOT NULL AND $5 IS NOT true
           AND ($2 IS NULL OR (due_at, task_id) > ($2, $3))
           AND ($6 IS NULL OR status = $6) AND ($7 IS NULL OR due_at < $7)
         ORDER BY due_at, task_id LIMIT $4)
        UNION ALL
        (SELECT t.due_at, t.task_id FROM offers o JOIN tasks t USING (handover_id, offer_id)
         WHERE o.team = mine.team AND o.state = 'offered' AND $5 IS NOT false
           AND ($2 IS NULL OR (t.due_at, t.task_id) > ($2, $3))
           AND ($6 IS NULL OR t.status = $6) AND ($7 IS NULL OR t.due_at < $7)
         ORDER BY t.due_at, t.task_id LIMIT $4)
        UNION ALL
        (SELECT due_at, task_id FROM tasks
         WHERE mine.team = ANY(told_teams) AND escalated_at IS NOT NULL AND closed_at IS NULL AND $5 IS NOT false
           AND ($2 IS NULL OR (due_at, task_id) > ($2, $3))
           AND ($6 IS NULL OR status = $6) AND ($7 IS NULL OR due_at < $7)
         ORDER BY due_at, task_id LIMIT $4)
    ) AS found
    ORDER BY due_at, task_id LIMIT $4
)
SELECT shown.* FROM page CROSS JOIN LATERAL (SELECT * FROM shown_tasks s WHERE s.task_id = page.task_id OFFSET 0) AS shown
ORDER BY due_at, task_id
"""
_OF_PATIENT = """
WITH page AS (
    SELECT t.due_at, t.task_id
    FROM handovers h JOIN tasks t USING (handover_id) LEFT JOIN offers o ON o.offer_id = t.offer_id
    WHERE h.patient_key = $8
      AND (t.owner_team = ANY($1::text[]) OR t.told_teams && $1 OR (o.state = 'offered' AND o.team = ANY($1)))
      AND ($2::timestamptz IS NULL OR (t.due_at, t.task_id) > ($2, $3::uuid))
      AND ($5::boolean IS NULL OR (t.closed_at IS NULL) = $5)
      AND ($6::text IS NULL OR t.status = $6)
      AND ($7::timestamptz IS NULL OR t.due_at < $7)
    ORDER BY t.due_at, t.task_id LIMIT $4
)
SELECT shown.* FROM page CROSS JOIN LATERAL (SELECT * FROM shown_tasks s WHERE s.task_id = page.task_id OFFSET 0) AS shown
ORDER BY due_at, task_id
"""
_ONE = """
SELECT s.*, r.proved_by, r.no_proof
FROM shown_tasks s LEFT JOIN rule_versions r ON r.rule_id = s.rule_id AND r.version = s.rule_version
WHERE task_id = $1
  AND ($2::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($2) AND p.handover_id = s.handover_id))
"""
_BY_IDS = """
SELECT shown.*, r.proved_by, r.no_proof FROM unnest($1::uuid[]) AS asked (task_id)
CROSS JOIN LATERAL (SELECT * FROM shown_tasks s WHERE s.task_id = asked.task_id OFFSET 0) AS shown
LEFT JOIN rule_versions r ON r.rule_id = shown.rule_id AND r.version = shown.rule_version
"""
_OF_HANDOVER = """
SELECT s.*, r.proved_by, r.no_proof
FROM shown_tasks s LEFT JOIN rule_versions r ON r.rule_id = s.rule_id AND r.version = s.rule_version
WHERE s.handover_id = $1 ORDER BY s.due_at, s.task_id
"""
_OPEN: Mapping[str | None, bool] = {"open": True, "closed": False}


async def by_ids(connection: Connection, task_ids: Sequence[UUID]) -> dict[UUID, TaskView]:
    """These tasks, each looked up by itself."""
    return {task.task_id: task for task in read_tasks(await connection.fetch(_BY_IDS, task_ids))}


async def listed(connection: Connection, teams: Sequence[str], filters: Filters) -> list[TaskView]:
    """Tasks that these teams own, are offered or were told of; `state` is open, closed or a status."""
    at, after = filters.after or (None, None)
    still_open = _OPEN.get(filters.state)
    status = filters.state if still_open is None else None
    narrowed = (teams, at, after, filters.limit, still_open, status, filters.due_before)
    if filters.patient_key is None:
        return read_tasks(await connection.fetch(_LIST, *narrowed))
    return read_tasks(await connection.fetch(_OF_PATIENT, *narrowed, filters.patient_key))


async def one(
    connection: Connection, task_id: UUID, teams: frozenset[str] | None
) -> TaskView | None:
    """A task that these teams may see."""
    rows = read_tasks(
        await connection.fetch(_ONE, task_id, None if teams is None else sorted(teams))
    )
    if not rows:
        return None
    return replace(rows[0], document=await documents.of_task(connection, task_id))


async def of_handover(connection: Connection, handover_id: UUID) -> list[TaskView]:
    """Every task of a handover, the earliest deadline first."""
    return read_tasks(await connection.fetch(_OF_HANDOVER, handover_id))


def read_tasks(rows: Iterable[asyncpg.Record]) -> list[TaskView]:
    """Rows of `shown_tasks`."""
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
            skill=row["skill"],
            priority=PRIORITIES[row["priority"]],
            owner_person=row["owner_person"],
            working=row["working"],
            ladder_step=row["ladder_step"],
            rings_at=row["rings_at"],
            snoozed_until=row["snoozed_until"],
            snoozed_because=row["snoozed_because"],
            coordinator_state=row["coordinator_state"],
            coordinator_team=row["coordinator_team"],
            about=row["about"],
            ordered_by=row["ordered_by"],
            expected_on=row["expected_on"],
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
        proved_by=row.get("proved_by", ()),
        no_proof=row.get("no_proof", ()),
    )
