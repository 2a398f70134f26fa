"""Steps of the ladder in the tables: one statement for all of them, because a whole backlog may come at once."""

from collections.abc import Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.task_facts import TaskEscalated, TaskWarned

# The teams of a task come as one text, because arrays of arrays must all be of one length; an id has no blank.
_ESCALATE = """
UPDATE tasks SET escalation_step = s.step, told_teams = string_to_array(s.told, ' '), escalated_at = s.at,
                 ladder_step = s.ladder_step, rings_at = s.rings_at
FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::timestamptz[], $5::smallint[], $6::timestamptz[])
     AS s (task_id, step, told, at, ladder_step, rings_at)
WHERE tasks.task_id = s.task_id
"""
_WARN = """
UPDATE tasks SET ladder_step = s.ladder_step, rings_at = s.rings_at
FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) AS s (task_id, ladder_step, rings_at)
WHERE tasks.task_id = s.task_id
"""
_JOIN_PARTIES = """
INSERT INTO parties (team, handover_id) SELECT * FROM unnest($1::text[], $2::uuid[]) ON CONFLICT DO NOTHING
"""
Step = TypeVar("Step", TaskWarned, TaskEscalated)


async def write_escalated(
    connection: Connection, happened: Sequence[tuple[UUID, TaskEscalated]]
) -> None:
    """Deadlines that passed, and who was told."""
    facts = [fact for _, fact in happened]
    await connection.execute(
        _ESCALATE,
        [fact.task_id for fact in facts],
        [fact.step for fact in facts],
        [" ".join(fact.told_teams) for fact in facts],
        [fact.at for fact in facts],
        [fact.ladder_step for fact in facts],
        [fact.rings_at for fact in facts],
    )
    await _let_them_see(connection, happened)


async def write_warned(connection: Connection, happened: Sequence[tuple[UUID, TaskWarned]]) -> None:
    """Warnings before the deadline, and who was told."""
    facts = [fact for _, fact in happened]
    await connection.execute(
        _WARN,
        [fact.task_id for fact in facts],
        [fact.ladder_step for fact in facts],
        [fact.rings_at for fact in facts],
    )
    await _let_them_see(connection, happened)


async def _let_them_see(connection: Connection, happened: Iterable[tuple[UUID, Step]]) -> None:
    told = sorted({(team, of) for of, fact in happened for team in fact.told_teams})
    await connection.execute(_JOIN_PARTIES, [team for team, _ in told], [of for _, of in told])
