"""What a decision says happened to a referral on its way."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.domain.referral import Appointment, ReferralState, Urgency


@dataclass(frozen=True, slots=True)
class ReferralMoved:
    """A referral reached another state, or another team."""

    state: ReferralState
    team: str
    """The team that it is with."""
    service_request: UUID
    """The request that stands now."""
    at: datetime
    by: str
    reason: str = ""
    """Coded, or empty."""
    clock_stopped_at: datetime | None = None
    replaces: UUID | None = None
    """The request that is revoked by this one."""
    priority: Urgency | None = None
    """As triage decided; None: as it was."""


@dataclass(frozen=True, slots=True)
class AppointmentChanged:
    """An appointment was booked, moved, cancelled, missed or attended."""

    appointment: Appointment
    at: datetime
    by: str
    previous_starts_at: datetime | None = None


ReferralFact = ReferralMoved | AppointmentChanged
"""What happens to a referral on its way."""
