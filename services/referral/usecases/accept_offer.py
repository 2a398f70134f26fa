"""Accept an offer: the moment in which ownership moves."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import answering
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.measures import ANSWERS
from services.referral.usecases.records import Changed


async def accept_offer(
    unit: UnitOfWork, desk: Desk, offer_id: UUID, *, take_coordination: bool
) -> Changed:
    """Take the offer's tasks for the team that was asked, and the coordination where that is wanted."""
    change = await act(
        unit,
        desk,
        "offer",
        offer_id,
        lambda whole, now: (
            answering.accept(
                whole, offer_id, desk.person, now, take_coordination=take_coordination
            ),
        ),
    )
    ANSWERS["accepted"].inc()
    return change
