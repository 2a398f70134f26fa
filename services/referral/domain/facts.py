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
    TaskStatus,
)
from services.referral.domain.referral_facts import ReferralFact


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
class TaskClaimed:
    """A person in the accountable team took a task, or put it back (`person` empty)."""

    task_id: UUID
    owner_team: str
    person: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TaskSnoozed:
    """A task left its team's list for a while, or came back to it (`until` empty)."""

    task_id: UUID
    owner_team: str
    until: datetime | None
    reason: str
    """Coded: one of `reasons.SNOOZE`."""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class TaskWarned:
    """A good part of the time for a task has passed and it is still open."""

    task_id: UUID
    code: str
    owner_team: str
    told_teams: tuple[str, ...]
    milestone: str
    due_at: datetime
    at: datetime
    ladder_step: int
    """How far its ladder has got."""
    rings_at: datetime | None
    """When the next step is due."""


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
    milestone: str = "breach"
    ladder_step: int = 1
    rings_at: datetime | None = None
    """When the next step is due."""


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
TaskFact = (
    TaskAdded | TaskChanged | TaskClaimed | TaskNoted | TaskSnoozed | TaskWarned | TaskEscalated
)
"""What happens to one task."""
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
