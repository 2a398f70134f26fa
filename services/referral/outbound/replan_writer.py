"""What a handover that is planned again changes in the tables, and one that belongs to another patient key."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.facts import HandoverPatientChanged, HandoverReplanned
from services.referral.domain.people import SYSTEM
from services.referral.outbound.cases import discharge_row
from services.referral.outbound.rows import (
    OPENED_OFFER_COLUMNS,
    TASK_COLUMNS,
    offer_rows,
    task_row,
)

CANCEL_TASKS = """
UPDATE tasks SET status = 'cancelled', status_reason = $2, closed_at = $3, rings_at = NULL WHERE task_id = ANY($1::uuid[])
"""
WITHDRAW_OFFERS = """
UPDATE offers SET state = 'withdrawn', answered_at = $2, answered_by = $3, answered_because = $4
WHERE offer_id = ANY($1::uuid[])
"""
JOIN_PARTIES = "INSERT INTO parties (team, handover_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_KNOW = """
UPDATE handovers SET discharge = $2, clock_started_at = $3, death = $4, readmitted_by = $5 WHERE handover_id = $1
"""
_MOVE_TASK = """
UPDATE tasks SET anchored_at = $2, not_before = $3, due_at = $4, escalation_step = $5,
                 ladder_step = $6, rings_at = $7, working = $8,
                 escalated_at = CASE WHEN $5::smallint > 0 THEN escalated_at END,
                 told_teams = CASE WHEN $5 > 0 THEN told_teams ELSE '{}' END
WHERE task_id = $1
"""
_OFFERS_ARE_DUE = """
UPDATE offers o SET due_at = first.due_at
FROM (SELECT offer_id, min(due_at) AS due_at FROM tasks
      WHERE handover_id = ANY($1::uuid[]) AND closed_at IS NULL AND offer_id IS NOT NULL GROUP BY offer_id) AS first
WHERE o.offer_id = first.offer_id AND o.due_at <> first.due_at
"""
_CHANGE_PATIENT = "UPDATE handovers SET patient_key = $2 WHERE handover_id = $1"


async def write_replanned(
    connection: Connection, happened: Sequence[tuple[UUID, HandoverReplanned]]
) -> None:
    """What ended goes before what takes its place: a team may be asked anew."""
    await connection.executemany(
        _KNOW,
        [
            (of, discharge_row(f.discharge), f.clock_started_at, f.death, f.readmitted_by)
            for of, f in happened
        ],
    )
    await connection.executemany(
        CANCEL_TASKS, [(f.cancelled, f.reason, f.at) for _, f in happened if f.cancelled]
    )
    await connection.executemany(
        WITHDRAW_OFFERS, [(f.withdrawn, f.at, SYSTEM, f.reason) for _, f in happened if f.withdrawn]
    )
    await connection.copy_records_to_table(
        "offers",
        columns=OPENED_OFFER_COLUMNS,
        records=[row for _, f in happened for row in offer_rows(f.offers, f.tasks)],
    )
    await connection.copy_records_to_table(
        "tasks",
        columns=TASK_COLUMNS,
        records=[task_row(task, f.at) for _, f in happened for task in f.tasks],
    )
    await connection.executemany(
        JOIN_PARTIES,
        [
            (team, of)
            for of, f in happened
            for team in (*(o.team for o in f.offers), *(t.owner_team for t in f.tasks))
        ],
    )
    await connection.executemany(
        _MOVE_TASK,
        [
            (
                t.task_id,
                t.anchored_at,
                t.not_before,
                t.due_at,
                t.escalation_step,
                t.ladder_step,
                t.rings_at,
                t.working,
            )
            for _, f in happened
            for t in f.moved
        ],
    )
    await connection.execute(_OFFERS_ARE_DUE, [of for of, _ in happened])


async def write_patient_changed(
    connection: Connection, happened: Sequence[tuple[UUID, HandoverPatientChanged]]
) -> None:
    """The key by which the handover is found, and under which it speaks."""
    await connection.executemany(_CHANGE_PATIENT, [(of, f.patient_key) for of, f in happened])
