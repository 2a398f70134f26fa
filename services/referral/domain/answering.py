"""Answering an offer: ownership moves on acceptance and at no other moment (H10)."""

from datetime import datetime
from uuid import UUID

from services.referral.domain import reasons
from services.referral.domain.errors import NotOffered, OfferAlreadyAnswered, ReasonUnknown
from services.referral.domain.handover import Offer, Whole
from services.referral.domain.offer_facts import OfferAccepted, OfferDeclined
from services.referral.domain.people import Person


def accept(
    whole: Whole, offer_id: UUID, person: Person, now: datetime, *, take_coordination: bool = False
) -> OfferAccepted:
    """Take an offer for the team that was asked; its tasks become that team's.

    The coordination stays where it is unless the team says that it takes it. Raises a refusal when the handover
    is closed, the offer is answered, or the person does not speak for the team.
    """
    offer = _answerable(whole, offer_id, person)
    return OfferAccepted(
        offer_id=offer_id,
        team=offer.team,
        tasks=_open_tasks(whole, offer_id),
        takes_coordination=take_coordination and offer.team != whole.handover.coordinator_team,
        coordinator_team=offer.team if take_coordination else whole.handover.coordinator_team,
        at=now,
        by=person.ref,
    )


def decline(
    whole: Whole, offer_id: UUID, person: Person, now: datetime, *, reason: str
) -> OfferDeclined:
    """Say no, with a reason of ours or of the Booking and Referral Standard.

    The team that asked, accountable all along, takes the tasks up. Raises `ReasonUnknown`, and what `accept` raises.
    """
    offer = _answerable(whole, offer_id, person)
    reason = reasons.BARS.get(reason, reason)
    if reason not in reasons.DECLINE:
        raise ReasonUnknown
    return OfferDeclined(
        offer_id=offer_id,
        team=offer.team,
        tasks=_open_tasks(whole, offer_id),
        owner_team=offer.from_team or whole.handover.sender_team,
        reason=reason,
        at=now,
        by=person.ref,
    )


def _answerable(whole: Whole, offer_id: UUID, person: Person) -> Offer:
    offer = whole.offer(offer_id)
    if not person.speaks_for(offer.team):
        raise NotOffered
    whole.must_be_open()
    if offer.state != "offered":
        raise OfferAlreadyAnswered(offer.state)
    return offer


def _open_tasks(whole: Whole, offer_id: UUID) -> tuple[UUID, ...]:
    return tuple(task.task_id for task in whole.open_tasks() if task.offer_id == offer_id)
