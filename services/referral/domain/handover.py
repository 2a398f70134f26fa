"""The aggregate: a handover with its offers and tasks, and what their states mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.referral.domain.case import Case
from services.referral.domain.discharge import Discharge
from services.referral.domain.errors import HandoverClosed, NotFound
from services.referral.domain.referral import Progress, Referral

HandoverState = Literal["open", "completed", "withdrawn"]
Purpose = Literal["discharge", "loose-end", "document", "referral"]
"""What it is for: to hand over after a discharge, to give a question about a stay an owner, or a document; a referral."""
Death = Literal["", "said", "removed"]
"""Whether this handover knows that the patient died, and whether that was taken back."""
OfferState = Literal["offered", "accepted", "declined", "redirected", "withdrawn"]
Priority = Literal["routine", "urgent", "asap", "stat"]
"""FHIR request priority; `stat` comes first."""
CoordinatorState = Literal["", "missing", "proposed", "chosen"]
"""Empty: nobody has to be named. `missing` is a fault that somebody owns; `chosen`: by the patient (A04, A05)."""
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
class Coordinator:
    """The single point of contact of a handover: a named person in a team."""

    state: CoordinatorState = ""
    team: str = ""
    name: str = ""
    """A member of staff, as the patient may read it."""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """What one discharge or referral hands over."""

    handover_id: UUID
    spell_id: UUID
    """The stay; of a referral, the referral's id."""
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
    referral: Referral | None = None
    """The referral as last heard, where it is for one."""
    progress: Progress | None = None
    """How far that referral has got."""
    coordinator: Coordinator = Coordinator()
    happened: Mapping[str, datetime] = field(default_factory=dict)
    """When what matters to its rules happened, by the code of `happenings.yaml` (UTC)."""

    @property
    def case(self) -> Case | None:
        """What its rules look at."""
        return self.referral or self.discharge


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
    from_team: str = ""
    """Who asks, and gets the work back when the team declines; empty: the team that sent the patient."""
    redirects: UUID | None = None
    """The offer in whose place it was made."""
    redirect_count: int = 0
    """How often the work was redirected on its way here."""
    accept_by: datetime | None = None
    """When silence about the offer itself is told to somebody (UTC); None: the warnings of its tasks do that."""
    unanswered: bool = False
    """Whether that silence has been told."""


@dataclass(frozen=True, slots=True)
class MissingResult:
    """A result that was still missing when the patient left; whoever has its task looks for it."""

    test: str
    """Its name as staff call it: it stays in this service's database, and goes into no event, log or message."""
    ordered_by: str
    """The team that ordered the test."""
    expected_on: date | None = None
    """The day in England; None: nobody knows."""


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
    """How many steps were taken at the breach or after it."""
    ladder_step: int = 0
    """How many steps of its ladder were taken or passed, warnings among them."""
    rings_at: datetime | None = None
    """When the next step is due (UTC)."""
    skill: str = ""
    priority: Priority = "routine"
    owner_person: str = ""
    """Who in the team took it (staff reference); empty: nobody in particular."""
    working: str = field(default="", compare=False)
    """How its deadline was counted, in words."""
    result: MissingResult | None = None
    """The result that it looks for; such a task moves to another team by a person's word and never by itself."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.status not in FINAL


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

    def offer_of(self, task: Task) -> Offer | None:
        """The offer that a task belongs to."""
        return self.offer(task.offer_id) if task.offer_id else None

    def open_tasks(self) -> tuple[Task, ...]:
        """What is still to be done, by whomever."""
        return tuple(task for task in self.tasks if task.is_open)
