"""Write a note on a task."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import doing
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def note_task(unit: UnitOfWork, desk: Desk, task_id: UUID, *, text: str) -> Changed:
    """Add to the history what was tried; it changes no status."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (doing.note(whole, task_id, desk.person, now, text=text),),
    )
