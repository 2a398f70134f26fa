"""What a decision says happened. Facts are saved, announced and remembered; nothing else changes state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.referral.domain.discharge import Discharge
from services.referral.domain.handover import (
    Coordinator,
    Death,
    Handover,
    Offer,
    Task,
)
from services.referral.domain.offer_facts import (
    OfferAccepted,
    OfferDeclined,
    OfferRedirected,
    OfferUnanswered,
    TasksOffered,
)
from services.referral.domain.referral_facts import ReferralFact
from services.referral.domain.task_facts import TaskFact


@dataclass(frozen=True, slots=True)
class HandoverOpened:
    """A discharge became a handover."""

    handover: Handover
    offers: tuple[Offer, ...]
    tasks: tuple[Task, ...]


NotOpenedReason = Literal["test-patient", "no-rule-applies"]


@dataclass(frozen=True, slots=True)
class NotOpened:
    """A discharge that starts no handover, and why."""

    spell_id: UUID
    patient_key: str
    reason: NotOpenedReason


@dataclass(frozen=True, slots=True)
class HandoverCompleted:
    """The coordinator said that everything is done."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class HandoverWithdrawn:
    """It should not go on: what was open in it is called off."""

    offers: tuple[UUID, ...]
    tasks: tuple[UUID, ...]
    reason: str
    at: datetime
    by: str
    readmitted_by: UUID | None = None
    """The later stay, where that is the reason."""


@dataclass(frozen=True, slots=True)
class HandoverReplanned:
    """Something else is known, and with it what has to be done by when."""

    reason: str
    """Coded: one of `reasons.REPLAN`."""
    at: datetime
    discharge: Discharge | None
    """The discharge as now known."""
    clock_started_at: datetime
    offers: tuple[Offer, ...] = ()
    """Made."""
    tasks: tuple[Task, ...] = ()
    """Added."""
    moved: tuple[Task, ...] = ()
    """With their new deadlines."""
    cancelled: tuple[UUID, ...] = ()
    withdrawn: tuple[UUID, ...] = ()
    """Offers that nothing is asked by any more."""
    kept: tuple[UUID, ...] = ()
    """Offers that stay with the team that accepted them, though another team would be asked now."""
    death: Death = ""
    readmitted_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class HandoverPatientChanged:
    """The handover belongs to another patient key."""

    patient_key: str
    previous: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverReopened:
    """A completed handover goes on."""

    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class CoordinatorNamed:
    """Who the single point of contact is from now on, or that there is none."""

    coordinator: Coordinator
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class SomethingHappened:
    """Something that rules count from, or that proves work done, happened."""

    code: str
    """Of `happenings.yaml`."""
    happened_at: datetime
    at: datetime
    """When it was heard."""
    by: str


WholeFact = (
    HandoverCompleted
    | HandoverWithdrawn
    | HandoverReplanned
    | HandoverPatientChanged
    | HandoverReopened
    | CoordinatorNamed
    | SomethingHappened
)
"""What happens to a handover as a whole."""


Fact = (
    TasksOffered
    | OfferAccepted
    | OfferDeclined
    | OfferRedirected
    | OfferUnanswered
    | TaskFact
    | WholeFact
    | ReferralFact
)
"""Everything that can happen to a handover that is there."""
