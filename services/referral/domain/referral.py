"""A referral as the rules see it, and how far it has got: codes and times, no identity."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Kind = Literal["referral", "suspected-cancer", "advice", "validation"]
Urgency = Literal["routine", "urgent", "asap", "stat"]
ReferralState = Literal[
    "sent",
    "received",
    "triaged",
    "accepted",
    "booked",
    "attended",
    "outcome",
    "rejected",
    "cancelled",
]
"""`sent` is what only the referrer knows; here it begins as `received`. `outcome`: the loop is closed."""
AppointmentStatus = Literal["booked", "moved", "cancelled", "missed", "attended"]
OVER: frozenset[ReferralState] = frozenset({"outcome", "rejected", "cancelled"})
"""States that a referral does not leave; what comes then is another referral."""


@dataclass(frozen=True, slots=True)
class Referral:
    """One team asks another to see a patient."""

    referral_id: UUID
    patient_key: str
    kind: Kind
    priority: Urgency
    referrer: str
    """ODS code of the organisation that refers."""
    service: str
    """Directory id of the team that it is with: asked, or at work on it."""
    clock_started_at: datetime
    """When the wait began (UTC); survives redirects."""
    received_at: datetime
    specialty: str = ""
    use_case: str = ""
    """BaRS use case, for example `a5t1`; empty where none was said."""
    requisition: str = ""
    """What the referrals that follow from one request have in common."""
    journey: str = ""
    """BaRS journey id; opaque."""
    practice: str | None = None
    """ODS code of the registered practice."""
    age: int | None = None
    """Years at receipt, where the birth date is known."""
    test_patient: bool = False


@dataclass(frozen=True, slots=True)
class Appointment:
    """A time at which the patient is to be seen."""

    appointment_id: UUID
    team: str
    starts_at: datetime
    status: AppointmentStatus

    @property
    def ahead(self) -> bool:
        """Whether it still is to take place."""
        return self.status in ("booked", "moved")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a referral has got."""

    state: ReferralState
    team: str
    """The team that it is with."""
    service_request: UUID
    """The request that stands now; a redirect makes another one (C9)."""
    clock_stopped_at: datetime | None = None
    appointments: tuple[Appointment, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in OVER
