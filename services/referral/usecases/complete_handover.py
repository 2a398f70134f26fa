"""Complete a handover once nothing in it is open."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import closing
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def complete_handover(unit: UnitOfWork, desk: Desk, handover_id: UUID) -> Changed:
    """Close it as done, for the coordinating team."""
    return await act(
        unit,
        desk,
        "handover",
        handover_id,
        lambda whole, now: (closing.complete(whole, desk.person, now),),
    )
