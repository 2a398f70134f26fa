"""Decline an offer with a coded reason: the sender keeps the work and sees why."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import answering
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.measures import ANSWERS
from services.referral.usecases.records import Changed


async def decline_offer(unit: UnitOfWork, desk: Desk, offer_id: UUID, *, reason: str) -> Changed:
    """Say no for the team that was asked; `reason` is one of `domain.reasons.DECLINE`."""
    change = await act(
        unit,
        desk,
        "offer",
        offer_id,
        lambda whole, now: (answering.decline(whole, offer_id, desk.person, now, reason=reason),),
    )
    ANSWERS["declined"].inc()
    return change
