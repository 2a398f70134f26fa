"""What a decision says happened to an offer."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.domain.handover import (
    Offer,
)


@dataclass(frozen=True, slots=True)
class OfferAccepted:
    """The receiver took the offer: its tasks are theirs from this instant."""

    offer_id: UUID
    team: str
    tasks: tuple[UUID, ...]
    takes_coordination: bool
    coordinator_team: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """The receiver said no: the sender, who had the tasks all along, takes them up."""

    offer_id: UUID
    team: str
    tasks: tuple[UUID, ...]
    owner_team: str
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TasksOffered:
    """A team asks another one to take over work that it is accountable for, and stays so until that one accepts."""

    offer: Offer
    tasks: tuple[UUID, ...]
    owner_team: str
    reason: str
    """Coded: one of `reasons.OFFER`."""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OfferRedirected:
    """The team that was asked passed the work on in one act; from now on it is accountable until `offer` is accepted."""

    offer_id: UUID
    team: str
    offer: Offer
    tasks: tuple[UUID, ...]
    reason: str
    """Coded: one of `reasons.REDIRECT`."""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class OfferUnanswered:
    """Nobody accepted in time."""

    offer_id: UUID
    team: str
    owner_team: str
    told_teams: tuple[str, ...]
    accept_by: datetime
    at: datetime
