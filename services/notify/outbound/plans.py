"""Plans and their tasks in PostgreSQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.chassis.connection import Connection
from services.notify.domain.plan import Answer, Plan, PlanTask, Standing
from services.notify.domain.underway import Appointment, Contact, ReferralState

_PLANS = """
SELECT handover_id, patient_key, sender, coordinator_team, standing, clock_started_at, opened_at, test_patient,
       back_in_hospital, purpose, sender_team, contact, referral, appointments
FROM plans WHERE handover_id = ANY($1::uuid[])
"""

_LOCKED_PLANS = f"{_PLANS} ORDER BY handover_id FOR UPDATE"

_HOLD = "SELECT FROM plans WHERE handover_id = ANY($1::uuid[]) ORDER BY handover_id FOR SHARE"

_TASKS = """
SELECT handover_id, task_id, offer_id, asked_team, code, rule_id, owner_team, not_before, due_at, status, answer,
       priority, moved
FROM plan_tasks WHERE handover_id = ANY($1::uuid[]) ORDER BY task_id
"""

_CHANGE_PLANS = """
UPDATE plans SET
    patient_key = said.patient_key, coordinator_team = said.coordinator_team, standing = said.standing,
    clock_started_at = said.clock_started_at, back_in_hospital = said.back_in_hospital, contact = said.contact,
    referral = said.referral, appointments = said.appointments
FROM jsonb_to_recordset($1) AS said (
    handover_id uuid, patient_key text, coordinator_team text, standing text, clock_started_at timestamptz,
    back_in_hospital boolean, contact jsonb, referral jsonb, appointments jsonb)
WHERE plans.handover_id = said.handover_id
"""

_CHANGE_TASKS = """
UPDATE plan_tasks SET
    offer_id = said.offer_id, asked_team = said.asked_team, owner_team = said.owner_team, status = said.status,
    answer = said.answer, not_before = said.not_before, due_at = said.due_at, moved = said.moved
FROM jsonb_to_recordset($1) AS said (
    task_id uuid, offer_id uuid, asked_team text, owner_team text, status text, answer text,
    not_before timestamptz, due_at timestamptz, moved boolean)
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
    "purpose",
    "sender_team",
    "contact",
    "referral",
    "appointments",
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
    "priority",
    "moved",
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
        records=[tuple(_stored(plan).values()) for plan in plans],
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
        await connection.execute(_CHANGE_PLANS, [_as_json(_stored(plan)) for plan in plans])
    if changed:
        await connection.execute(_CHANGE_TASKS, [_as_json(asdict(task)) for task in changed])
    if added:
        await _add_tasks(connection, added)


async def _add_tasks(connection: Connection, tasks: Iterable[tuple[UUID, PlanTask]]) -> None:
    await connection.copy_records_to_table(
        "plan_tasks",
        columns=_TASK_COLUMNS,
        records=[
            (handover_id, *(getattr(task, column) for column in _TASK_COLUMNS[1:]))
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


def _stored(plan: Plan) -> dict[str, Any]:
    """By column, in the order of the columns."""
    values = {column: getattr(plan, column) for column in _PLAN_COLUMNS}
    # What is replaced keeps its place.
    return values | {
        "contact": asdict(plan.contact) if plan.contact else None,
        "referral": asdict(plan.referral) if plan.referral else None,
        "appointments": [asdict(one) for one in plan.appointments],
    }


def _plan(row: Record, tasks: Iterable[PlanTask]) -> Plan:
    contact, referral = row["contact"], row["referral"]
    return Plan(
        **{
            **row,
            "standing": Standing(row["standing"]),
            "contact": Contact(**_in_time(contact, "named_at")) if contact else None,
            "referral": ReferralState(**_in_time(referral, "changed_at")) if referral else None,
            "appointments": tuple(_appointment(one) for one in row["appointments"]),
        },
        tasks=tuple(tasks),
    )


def _as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """The driver's own kind of UUID is unknown to the writer of JSON."""
    return {
        name: str(value) if isinstance(value, UUID) else value for name, value in values.items()
    }


def _appointment(stored: Mapping[str, Any]) -> Appointment:
    values = _in_time(stored, "starts_at", "changed_at")
    return Appointment(**values | {"appointment_id": UUID(stored["appointment_id"])})


def _in_time(stored: Mapping[str, Any], *instants: str) -> dict[str, Any]:
    """JSON knows no instants."""
    return {**stored} | {name: datetime.fromisoformat(stored[name]) for name in instants}


def _task(row: Record) -> PlanTask:
    values = {**row, "answer": Answer(row["answer"])}
    del values["handover_id"]
    return PlanTask(**values)
