"""A referral as the rules see it: codes and times, no identity."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Kind = Literal["referral", "suspected-cancer", "advice", "validation"]
Urgency = Literal["routine", "urgent", "asap", "stat"]


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
    """Directory id of the team that was first asked."""
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
