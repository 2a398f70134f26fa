"""Pass an offer on to a better-suited team in one act."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import passing_on
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.domain.offer_facts import OfferRedirected
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.measures import ANSWERS
from services.referral.usecases.records import Changed
from services.referral.usecases.referral_target import must_suit
from services.referral.usecases.team_choice import chosen


async def redirect_offer(
    unit: UnitOfWork, desk: Desk, offer_id: UUID, *, team: str, reason: str
) -> Changed:
    """Offer its work to `team` on the clock that it has; `reason` is one of `domain.reasons.REDIRECT`.

    Passed on too often, it stays where it is, and a clinical lead gets a task to decide (`was_redirected` tells).
    """
    to = chosen(desk.playbook, team)

    def decide(whole: Whole, now: datetime) -> Sequence[Fact]:
        if whole.handover.referral is not None:
            must_suit(desk.playbook, whole.handover.referral, to, whole.handover.sender_team)
        return passing_on.redirect(
            whole, offer_id, to, desk.person, now, desk.playbook, new_id, reason=reason
        )

    change = await act(
        unit,
        desk,
        "offer",
        offer_id,
        decide,
    )
    ANSWERS["redirected" if was_redirected(change) else "redirect_refused"].inc()
    return change


def was_redirected(change: Changed) -> bool:
    """Whether the work was passed on."""
    return any(isinstance(fact, OfferRedirected) for fact in change.facts)
