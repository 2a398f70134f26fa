"""What referral says of a referral on its way, and of its appointments: in the stream of their handover."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from schemas.event import Event
from schemas.topics import HANDOVERS

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
"""`outcome`: the loop is closed. `rejected`: back with the referrer. `cancelled`: by the referrer."""
AppointmentStatus = Literal["booked", "moved", "cancelled", "missed", "attended"]


class ReferralChanged(Event):
    """A referral reached another state."""

    type: ClassVar[str] = "referral.changed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    referral_id: UUID
    state: ReferralState
    team: str
    """Directory id of the team that holds it now."""
    reason: str = ""
    clock_started_at: datetime
    """The wait, from the first referral (UTC); survives redirects."""
    clock_stopped_at: datetime | None = None
    changed_at: datetime
    changed_by: str


class AppointmentChanged(Event):
    """An appointment was booked, moved, cancelled, missed or attended."""

    type: ClassVar[str] = "appointment.changed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    referral_id: UUID
    appointment_id: UUID
    status: AppointmentStatus
    team: str
    starts_at: datetime
    previous_starts_at: datetime | None = None
    changed_at: datetime
    changed_by: str
