"""Let another system move a task, from the version that it read, by the very acts that people have."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.errors import NotFound, VersionChanged
from services.referral.domain.people import EVERY_TEAM
from services.referral.usecases.acting import Desk
from services.referral.usecases.complete_task import complete_task
from services.referral.usecases.fail_task import fail_task
from services.referral.usecases.note_task import note_task
from services.referral.usecases.record_views import Records, TaskRecord
from services.referral.usecases.start_task import start_task


@dataclass(frozen=True, slots=True)
class Update:
    """What is to change; empty parts change nothing."""

    status: str = ""
    """`in-progress`, `completed` or `failed`."""
    reason: str = ""
    note: str = ""


async def update_task(
    unit: UnitOfWork,
    desk: Desk,
    records: Records[TaskRecord],
    task_id: UUID,
    version: int,
    read: Callable[[TaskRecord], Update],
) -> TaskRecord:
    """Update a task; gives it as it is afterwards. `read` says what is to change of the task as it stands.

    Raises `NotFound`, `VersionChanged` when somebody was faster, and what the acts refuse.
    """
    teams = desk.person.teams
    loaded = await desk.handovers.lock(unit.connection, "task", task_id, teams)
    seen = None if EVERY_TEAM in teams else sorted(teams)
    task = await records.one(unit.connection, str(task_id), seen)
    if loaded is None or task is None:
        raise NotFound("task")
    if task.version != version:
        raise VersionChanged
    update = read(task)
    if update.note:
        await note_task(unit, desk, task_id, text=update.note)
    await _move(unit, desk, task_id, update)
    after = await records.one(unit.connection, str(task_id), None)
    assert after is not None
    return after


async def _move(unit: UnitOfWork, desk: Desk, task_id: UUID, update: Update) -> None:
    if update.status == "in-progress":
        await start_task(unit, desk, task_id)
    elif update.status == "completed":
        await complete_task(unit, desk, task_id, reason=update.reason)
    elif update.status == "failed":
        await fail_task(unit, desk, task_id, reason=update.reason)
