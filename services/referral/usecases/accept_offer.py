"""Accept an offer: the moment in which ownership moves."""

from datetime import datetime
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import answering
from services.referral.domain.handover import Whole
from services.referral.domain.offer_facts import OfferAccepted
from services.referral.domain.succession import inherits_coordination
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.measures import ANSWERS
from services.referral.usecases.records import Changed


async def accept_offer(
    unit: UnitOfWork, desk: Desk, offer_id: UUID, *, take_coordination: bool
) -> Changed:
    """Take the offer's tasks for the team that was asked, and the coordination where that is wanted.

    The coordination of a team that has closed goes to whoever follows it.
    """

    def take(whole: Whole, now: datetime) -> tuple[OfferAccepted]:
        inherited = inherits_coordination(whole, whole.offer(offer_id), desk.playbook)
        both = take_coordination or inherited
        return (answering.accept(whole, offer_id, desk.person, now, take_coordination=both),)

    change = await act(unit, desk, "offer", offer_id, take)
    ANSWERS["accepted"].inc()
    return change
