"""The aggregate: a handover with its offers and tasks, and what their states mean."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.referral.domain.discharge import Discharge
from services.referral.domain.errors import HandoverClosed, NotFound

HandoverState = Literal["open", "completed", "withdrawn"]
Purpose = Literal["discharge", "loose-end", "document"]
"""What it is for: to hand over after a discharge, to give a question about a stay an owner, or a document."""
Death = Literal["", "said", "removed"]
"""Whether this handover knows that the patient died, and whether that was taken back."""
OfferState = Literal["offered", "accepted", "declined", "withdrawn"]
TaskStatus = Literal[
    "draft",
    "requested",
    "received",
    "accepted",
    "rejected",
    "ready",
    "in-progress",
    "on-hold",
    "completed",
    "failed",
    "cancelled",
    "entered-in-error",
]

FINAL: frozenset[TaskStatus] = frozenset(
    {"rejected", "completed", "failed", "cancelled", "entered-in-error"}
)
"""Statuses that a task never leaves; reopening would be a new task (C9)."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What one discharge hands over."""

    handover_id: UUID
    spell_id: UUID
    patient_key: str
    sender: str
    """ODS code of the sending organisation."""
    sender_team: str
    coordinator_team: str
    """Accountable for the whole; the sender's until another team takes the coordination."""
    clock_started_at: datetime
    opened_at: datetime
    state: HandoverState = "open"
    test_patient: bool = False
    purpose: Purpose = "discharge"
    replaces: UUID | None = None
    """The withdrawn handover of the same stay that this one follows."""
    discharge: Discharge | None = None
    """The discharge as last heard; None: it has none."""
    death: Death = ""
    readmitted_by: UUID | None = None
    """The later stay that made its follow-up pointless."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The part asked of one receiving team."""

    offer_id: UUID
    handover_id: UUID
    team: str
    role: str
    instead_of: str = ""
    """What the directory did not know, so that this team was asked in its place; empty: asked directly."""
    state: OfferState = "offered"


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be done."""

    task_id: UUID
    handover_id: UUID
    offer_id: UUID | None
    """None: the duty of the team that sent the patient, or of the coordinator."""
    code: str
    rule_id: str
    rule_version: str
    owner_team: str
    status: TaskStatus
    anchored_at: datetime
    """Where the counting started."""
    due_at: datetime
    not_before: datetime | None = None
    needs_outcome: bool = False
    alert_id: UUID | None = None
    """The alert that could not be delivered, where that made the task."""
    follows: UUID | None = None
    """The failed task that this one follows."""
    escalation_step: int = 0

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status not in FINAL

    def is_late(self, now: datetime) -> bool:
        """Late is derived from the deadline; it is not a status (C9)."""
        return self.is_open and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Whole:
    """A handover with everything in it, as one decision needs it."""

    handover: Handover
    offers: tuple[Offer, ...]
    tasks: tuple[Task, ...]

    def must_be_open(self) -> None:
        """Raises `HandoverClosed`."""
        if self.handover.state != "open":
            raise HandoverClosed(self.handover.state)

    def offer(self, offer_id: UUID) -> Offer:
        """Raises `NotFound`."""
        for offer in self.offers:
            if offer.offer_id == offer_id:
                return offer
        raise NotFound("offer")

    def task(self, task_id: UUID) -> Task:
        """Raises `NotFound`."""
        for task in self.tasks:
            if task.task_id == task_id:
                return task
        raise NotFound("task")

    def open_tasks(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.is_open)
