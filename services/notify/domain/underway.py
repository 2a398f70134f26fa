"""What a plan gathers on its way: the patient's contact, how far a referral is, and its appointments."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Contact:
    """The patient's single point of contact, where somebody was named (rules A04, A05)."""

    state: str
    """`missing`, `proposed` or `chosen` (by the patient)."""
    team: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    named_at: datetime

    def is_another_than(self, other: "Contact | None") -> bool:
        """Whether a patient would ring somebody else, or under another number."""
        if other is None:
            return bool(self.phone)
        return (self.team, self.name, self.phone) != (other.team, other.name, other.phone)


@dataclass(frozen=True, slots=True)
class ReferralState:
    """How far a referral has come."""

    state: str
    team: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment as it stands now."""

    appointment_id: UUID
    status: str
    team: str
    starts_at: datetime
    changed_at: datetime
