"""What referral says of offers: what is asked of a team, and what it answers; on the topic of handovers."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from schemas.event import Event, Fact
from schemas.topics import HANDOVERS


class OfferMade(Fact):
    """The part asked of one receiving team."""

    offer_id: UUID
    team: str
    """Directory id of the receiving team."""
    role: str
    """Directory role, for example `gp-practice`."""
    from_team: str = ""
    """Who asks, and gets the work back when the team declines; empty: the team that sent the patient."""
    redirects: UUID | None = None
    """The offer in whose place it is made."""
    redirect_count: int = 0
    """How often the work was redirected on its way here."""
    accept_by: datetime | None = None
    """UTC; when silence about the offer itself is told to somebody. None: the warnings of its tasks do that."""


class OfferMadeLater(Event):
    """Work that a team is accountable for was offered to another team, which has to accept it."""

    type: ClassVar[str] = "offer.made"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer: OfferMade
    tasks: tuple[UUID, ...]
    owner_team: str
    """Accountable until somebody accepts."""
    reason: str
    """Coded, for example `practice-changed`."""
    made_at: datetime
    made_by: str


class OfferRedirected(Event):
    """The team that was asked passed the work on to a better-suited one; the clock and the letter stay (S05)."""

    type: ClassVar[str] = "offer.redirected"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    """Who redirects: accountable until the next team accepts."""
    offer: OfferMade
    """Made in its place."""
    tasks: tuple[UUID, ...]
    reason: str
    redirected_at: datetime
    redirected_by: str


class OfferUnanswered(Event):
    """Nobody accepted in time: whoever asked stays accountable, and somebody further up must know."""

    type: ClassVar[str] = "offer.unanswered"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    owner_team: str
    told_teams: tuple[str, ...]
    accept_by: datetime
    said_at: datetime


class OfferAccepted(Event):
    """A receiving team took an offer: its tasks are now theirs."""

    type: ClassVar[str] = "offer.accepted"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    accepted_at: datetime
    accepted_by: str
    """Staff reference, never a patient's."""
    coordinator_team: str
    """Who is accountable for the whole after this acceptance."""


class OfferDeclined(Event):
    """A receiving team said no, with a coded reason: the sender keeps the work."""

    type: ClassVar[str] = "offer.declined"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    declined_at: datetime
    declined_by: str
    reason: str
    """Coded reason, for example `not-our-patient`."""
    owner_team: str
    """Who is accountable for the offer's tasks after this: the sender."""
