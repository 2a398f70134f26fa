"""What people and programs read of a referral."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.usecases.views import Filters, PersonView


@dataclass(frozen=True, slots=True)
class WaitView:
    """How long the patient has waited for treatment."""

    weeks: int
    days: int
    limit_weeks: int
    until: date
    """The last day of the limit."""
    over: bool
    """Whether the clock has stopped."""
    late: bool
    words: str
    """`12 weeks 3 days of 18 weeks`."""


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """A time at which the patient is to be seen, or was."""

    appointment_id: UUID
    referral_id: UUID
    team: str
    starts_at: datetime
    previous_starts_at: datetime | None
    status: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request in the chain of a referral; a redirect ends one and makes another."""

    service_request: UUID
    team: str
    replaces: UUID | None
    status: str
    status_because: str
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SectionView:
    """A part of the letter."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """What came with the letter."""

    attachment_id: UUID
    title: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral as lists show it."""

    referral_id: UUID
    handover_id: UUID
    kind: str
    priority: str
    specialty: str
    referrer: str
    """ODS code."""
    sender_team: str
    team: str
    """The team that it is with."""
    accountable_team: str
    """Who answers for it now: the one who asks, until the team that is asked accepts."""
    state: str
    state_since: datetime
    state_because: str
    received_at: datetime
    clock_started_at: datetime
    clock_stopped_at: datetime | None
    wait: WaitView | None
    """None: nobody waits for treatment, as with a question to a specialist."""
    requisition: str
    service_request: UUID
    next_appointment_at: datetime | None
    person: PersonView


@dataclass(frozen=True, slots=True)
class WholeReferralView(ReferralView):
    """A referral with everything in it."""

    appointments: Sequence[AppointmentView]
    other_appointments: Sequence[AppointmentView]
    """Of the same patient's other referrals, still to come."""
    requests: Sequence[RequestView]
    accept_by: datetime | None
    """When silence about a redirect is told to somebody."""
    offer: UUID | None
    """The offer by which its team was asked; with it the referral can be passed on."""
    offer_state: str
    """`offered`: it waits for an answer."""
    letter_written_at: datetime | None
    letter: Sequence[SectionView]
    attachments: Sequence[AttachmentView]


class ReferralViews(Protocol):
    """Reads for people and programs."""

    async def referrals(self, connection: Connection, filters: Filters) -> list[ReferralView]:
        """Referrals that these teams are party to, the newest first."""
        ...

    async def referral(
        self, connection: Connection, referral_id: UUID, teams: frozenset[str] | None
    ) -> WholeReferralView | None:
        """One with everything in it; None when it is not there or not theirs to see."""
        ...

    async def attachment(
        self,
        connection: Connection,
        referral_id: UUID,
        attachment_id: UUID,
        teams: frozenset[str] | None,
    ) -> tuple[str, bytes] | None:
        """The media type and bytes of what came with a letter."""
        ...
