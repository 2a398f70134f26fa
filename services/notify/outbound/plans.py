"""Plans and their tasks in PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from asyncpg import Record

from services.chassis.connection import Connection
from services.notify.domain.plan import Answer, Plan, PlanTask, Standing

_PLANS = """
SELECT handover_id, patient_key, sender, coordinator_team, standing, clock_started_at, opened_at, test_patient,
       back_in_hospital
FROM plans WHERE handover_id = ANY($1::uuid[])
"""

_LOCKED_PLANS = f"{_PLANS} ORDER BY handover_id FOR UPDATE"

_HOLD = "SELECT FROM plans WHERE handover_id = ANY($1::uuid[]) ORDER BY handover_id FOR SHARE"

_TASKS = """
SELECT handover_id, task_id, offer_id, asked_team, code, rule_id, owner_team, not_before, due_at, status, answer
FROM plan_tasks WHERE handover_id = ANY($1::uuid[]) ORDER BY task_id
"""

_CHANGE_PLANS = """
UPDATE plans SET
    patient_key = said.patient_key, coordinator_team = said.coordinator_team, standing = said.standing,
    clock_started_at = said.clock_started_at, back_in_hospital = said.back_in_hospital
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::boolean[])
    AS said (handover_id, patient_key, coordinator_team, standing, clock_started_at, back_in_hospital)
WHERE plans.handover_id = said.handover_id
"""

_CHANGE_TASKS = """
UPDATE plan_tasks SET
    owner_team = said.owner_team, status = said.status, answer = said.answer, not_before = said.not_before,
    due_at = said.due_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
    AS said (task_id, owner_team, status, answer, not_before, due_at)
WHERE plan_tasks.task_id = said.task_id
"""

_PLAN_COLUMNS = (
    "handover_id",
    "patient_key",
    "sender",
    "coordinator_team",
    "standing",
    "clock_started_at",
    "opened_at",
    "test_patient",
    "back_in_hospital",
)
_TASK_COLUMNS = (
    "handover_id",
    "task_id",
    "offer_id",
    "asked_team",
    "code",
    "rule_id",
    "owner_team",
    "not_before",
    "due_at",
    "status",
    "answer",
)


async def lock(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Plan]:
    """The plans that are known, with their tasks, locked until the transaction ends."""
    return await _read(connection, _LOCKED_PLANS, ids)


async def find(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Plan]:
    """The plans that are known, with their tasks."""
    return await _read(connection, _PLANS, ids)


async def standings(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Standing]:
    """How these plans stand."""
    rows = await connection.fetch(
        "SELECT handover_id, standing FROM plans WHERE handover_id = ANY($1::uuid[])", list(ids)
    )
    return {row["handover_id"]: Standing(row["standing"]) for row in rows}


async def hold(connection: Connection, ids: Collection[UUID]) -> None:
    """Let nobody change these plans until the transaction ends."""
    await connection.execute(_HOLD, list(ids))


async def add(connection: Connection, plans: Sequence[Plan]) -> None:
    """Store new plans with their tasks."""
    if not plans:
        return
    await connection.copy_records_to_table(
        "plans",
        columns=_PLAN_COLUMNS,
        records=[
            (
                plan.handover_id,
                plan.patient_key,
                plan.sender,
                plan.coordinator_team,
                plan.standing,
                plan.clock_started_at,
                plan.opened_at,
                plan.test_patient,
                plan.back_in_hospital,
            )
            for plan in plans
        ],
    )
    await _add_tasks(
        connection, ((plan.handover_id, task) for plan in plans for task in plan.tasks)
    )


async def change(
    connection: Connection,
    plans: Sequence[Plan],
    changed: Sequence[PlanTask],
    added: Sequence[tuple[UUID, PlanTask]],
) -> None:
    """Store what became of known plans: the changed tasks, and the added ones by their handover."""
    if plans:
        await connection.execute(
            _CHANGE_PLANS,
            [plan.handover_id for plan in plans],
            [plan.patient_key for plan in plans],
            [plan.coordinator_team for plan in plans],
            [plan.standing for plan in plans],
            [plan.clock_started_at for plan in plans],
            [plan.back_in_hospital for plan in plans],
        )
    if changed:
        await connection.execute(
            _CHANGE_TASKS,
            [task.task_id for task in changed],
            [task.owner_team for task in changed],
            [task.status for task in changed],
            [task.answer for task in changed],
            [task.not_before for task in changed],
            [task.due_at for task in changed],
        )
    if added:
        await _add_tasks(connection, added)


async def _add_tasks(connection: Connection, tasks: Iterable[tuple[UUID, PlanTask]]) -> None:
    await connection.copy_records_to_table(
        "plan_tasks",
        columns=_TASK_COLUMNS,
        records=[
            (
                handover_id,
                task.task_id,
                task.offer_id,
                task.asked_team,
                task.code,
                task.rule_id,
                task.owner_team,
                task.not_before,
                task.due_at,
                task.status,
                task.answer,
            )
            for handover_id, task in tasks
        ],
    )


async def _read(connection: Connection, query: str, ids: Collection[UUID]) -> dict[UUID, Plan]:
    rows = await connection.fetch(query, list(ids)) if ids else []
    if not rows:
        return {}
    tasks: defaultdict[UUID, list[PlanTask]] = defaultdict(list)
    for row in await connection.fetch(_TASKS, [row["handover_id"] for row in rows]):
        tasks[row["handover_id"]].append(_task(row))
    return {row["handover_id"]: _plan(row, tasks[row["handover_id"]]) for row in rows}


def _plan(row: Record, tasks: Iterable[PlanTask]) -> Plan:
    return Plan(**{**row, "standing": Standing(row["standing"])}, tasks=tuple(tasks))


def _task(row: Record) -> PlanTask:
    values = {**row, "answer": Answer(row["answer"])}
    del values["handover_id"]
    return PlanTask(**values)
