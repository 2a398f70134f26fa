"""Withdraw a handover that should not go on."""

from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import closing
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def withdraw_handover(
    unit: UnitOfWork, desk: Desk, handover_id: UUID, *, reason: str
) -> Changed:
    """Call off what is open in it; `reason` is one of `domain.reasons.WITHDRAW`."""
    return await act(
        unit,
        desk,
        "handover",
        handover_id,
        lambda whole, now: (closing.withdraw(whole, desk.person, now, reason=reason),),
    )
