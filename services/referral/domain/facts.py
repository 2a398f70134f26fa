"""What a decision says happened. Facts are saved, announced and remembered; nothing else changes state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.referral.domain.discharge import Discharge
from services.referral.domain.handover import Death, Handover, Offer, Task, TaskStatus


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
class TaskAdded:
    """A task joined an open handover."""

    task: Task
    at: datetime


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task moved to another status, by a person."""

    task_id: UUID
    status: TaskStatus
    owner_team: str
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TaskNoted:
    """Somebody wrote something down about a task."""

    task_id: UUID
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TaskEscalated:
    """A deadline passed in silence."""

    task_id: UUID
    code: str
    owner_team: str
    told_teams: tuple[str, ...]
    due_at: datetime
    at: datetime
    step: int = 1


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


WholeFact = HandoverCompleted | HandoverWithdrawn | HandoverReplanned | HandoverPatientChanged
"""What happens to a handover as a whole."""
Fact = (
    OfferAccepted | OfferDeclined | TaskAdded | TaskChanged | TaskNoted | TaskEscalated | WholeFact
)
"""Everything that can happen to a handover that is there."""
