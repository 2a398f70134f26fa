"""Who in the team does a task."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import taking
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def claim_task(
    unit: UnitOfWork, desk: Desk, task_id: UUID, *, take_over: bool = False
) -> Changed:
    """Take it in one's own name; from a colleague only with `take_over`."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (taking.claim(whole, task_id, desk.person, now, take_over=take_over),),
    )


async def put_back_task(unit: UnitOfWork, desk: Desk, task_id: UUID) -> Changed:
    """Leave it to whoever takes it next."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (taking.put_back(whole, task_id, desk.person, now),),
    )


async def reassign_task(unit: UnitOfWork, desk: Desk, task_id: UUID, *, person: str) -> Changed:
    """Give it to a colleague, by staff reference."""
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (taking.reassign(whole, task_id, desk.person, now, to=person),),
    )
