"""What referral says: handovers, the offers inside them, and their tasks, all on one topic to keep their order."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from schemas.event import Event, Fact
from schemas.topics import HANDOVERS

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
"""FHIR R4 Task.status; late is not a status (domain rule C9)."""
Priority = Literal["routine", "urgent", "asap", "stat"]
"""FHIR request priority; `stat` first."""


class OfferMade(Fact):
    """The part asked of one receiving team."""

    offer_id: UUID
    team: str
    """Directory id of the receiving team."""
    role: str
    """Directory role, for example `gp-practice`."""
    from_team: str = ""
    """Who asks, and gets the work back when the team declines; empty: the team that sent the patient."""
    redirects: UUID | None = None
    """The offer in whose place it is made."""
    redirect_count: int = 0
    """How often the work was redirected on its way here."""
    accept_by: datetime | None = None
    """UTC; when silence about the offer itself is told to somebody. None: the warnings of its tasks do that."""


class TaskMade(Fact):
    """One thing to be done, by whom and by when."""

    task_id: UUID
    offer_id: UUID | None = None
    """None: the sender's own duty."""
    code: str
    """For example `gp-asthma-review`."""
    rule_id: str
    """For example `R26`; `person` when a person made it; `undelivered` when a message could not be delivered."""
    rule_version: str = ""
    owner_team: str
    """The one accountable team now."""
    not_before: datetime | None = None
    due_at: datetime
    """UTC deadline."""
    status: TaskStatus = "requested"
    skill: str = ""
    """Who can do it: `clinical`, `clerical`, `pharmacy` or `social-care`."""
    priority: Priority = "routine"
    follows: UUID | None = None
    """The closed task that this one takes up again."""


class HandoverOpened(Event):
    """A discharge became a handover, with its offers and tasks."""

    type: ClassVar[str] = "handover.opened"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    spell_id: UUID
    sender: str
    """ODS code of the sending organisation."""
    coordinator_team: str
    """Directory id of the team accountable for the whole: the single point of contact."""
    clock_started_at: datetime
    """The original clock: when the patient was discharged (UTC). Never restarts."""
    opened_at: datetime
    offers: tuple[OfferMade, ...] = ()
    tasks: tuple[TaskMade, ...] = ()
    test_patient: bool = False
    replaces: UUID | None = None
    """The withdrawn handover of the same stay that this one follows (S02)."""
    purpose: str = "discharge"
    """`discharge`, `referral`, `document` or `loose-end`. For a referral, `spell_id` holds the referral's id."""


class OfferMadeLater(Event):
    """Work that a team is accountable for was offered to another team, which has to accept it."""

    type: ClassVar[str] = "offer.made"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer: OfferMade
    tasks: tuple[UUID, ...]
    owner_team: str
    """Accountable until somebody accepts."""
    reason: str
    """Coded, for example `practice-changed`."""
    made_at: datetime
    made_by: str


class OfferRedirected(Event):
    """The team that was asked passed the work on to a better-suited one; the clock and the letter stay (S05)."""

    type: ClassVar[str] = "offer.redirected"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    """Who redirects: accountable until the next team accepts."""
    offer: OfferMade
    """Made in its place."""
    tasks: tuple[UUID, ...]
    reason: str
    redirected_at: datetime
    redirected_by: str


class OfferUnanswered(Event):
    """Nobody accepted in time: whoever asked stays accountable, and somebody further up must know."""

    type: ClassVar[str] = "offer.unanswered"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    owner_team: str
    told_teams: tuple[str, ...]
    accept_by: datetime
    said_at: datetime


class OfferAccepted(Event):
    """A receiving team took an offer: its tasks are now theirs."""

    type: ClassVar[str] = "offer.accepted"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    accepted_at: datetime
    accepted_by: str
    """Staff reference, never a patient's."""
    coordinator_team: str
    """Who is accountable for the whole after this acceptance."""


class OfferDeclined(Event):
    """A receiving team said no, with a coded reason: the sender keeps the work."""

    type: ClassVar[str] = "offer.declined"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    offer_id: UUID
    team: str
    declined_at: datetime
    declined_by: str
    reason: str
    """Coded reason, for example `not-our-patient`."""
    owner_team: str
    """Who is accountable for the offer's tasks after this: the sender."""


class TaskAdded(Event):
    """A task joined an open handover, for example because a message could not be delivered."""

    type: ClassVar[str] = "task.added"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    task: TaskMade
    added_at: datetime


class TaskChanged(Event):
    """A task moved to another status, by a person."""

    type: ClassVar[str] = "task.changed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    task_id: UUID
    status: TaskStatus
    owner_team: str
    changed_at: datetime
    changed_by: str
    reason: str = ""


class TaskEscalated(Event):
    """A deadline passed in silence: the task stays open and somebody further up must know."""

    type: ClassVar[str] = "task.escalated"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    task_id: UUID
    code: str
    owner_team: str
    told_teams: tuple[str, ...]
    """Directory ids of the teams on this step of the ladder."""
    due_at: datetime
    escalated_at: datetime
    step: int = 1
    milestone: str = "breach"
    """For example `breach` or `breach+1wd`."""


class TaskWarned(Event):
    """A good part of the time for a task has passed and it is still open."""

    type: ClassVar[str] = "task.warned"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    task_id: UUID
    code: str
    owner_team: str
    told_teams: tuple[str, ...]
    milestone: str
    """For example `50%`."""
    due_at: datetime
    warned_at: datetime


class TaskClaimed(Event):
    """A person in the accountable team took a task, or put it back."""

    type: ClassVar[str] = "task.claimed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    task_id: UUID
    owner_team: str
    person: str
    """Staff reference; empty: nobody in particular any more."""
    claimed_at: datetime
    claimed_by: str


class CoordinatorNamed(Event):
    """Who the patient's single point of contact is, or that there is none (A04, A05)."""

    type: ClassVar[str] = "handover.coordinator_named"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    state: Literal["missing", "proposed", "chosen"]
    """`chosen`: by the patient. `missing`: a complex handover has none, which is a fault with an owner."""
    team: str = ""
    name: str = ""
    """A member of staff, as the patient may read it."""
    phone: str = ""
    named_at: datetime
    named_by: str


class HandoverReopened(Event):
    """A completed handover goes on, because something in it has to be taken up again."""

    type: ClassVar[str] = "handover.reopened"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    reason: str
    reopened_at: datetime
    reopened_by: str


class HandoverCompleted(Event):
    """Every task is closed and the coordinator said so."""

    type: ClassVar[str] = "handover.completed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    completed_at: datetime
    completed_by: str


class HandoverWithdrawn(Event):
    """The handover should not go on: everyone who was told must stop."""

    type: ClassVar[str] = "handover.withdrawn"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    withdrawn_at: datetime
    withdrawn_by: str
    reason: str


class HandoverReplanned(Event):
    """What is known of the discharge changed, and with it what has to be done by when; owners and answers stay."""

    type: ClassVar[str] = "handover.replanned"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    replanned_at: datetime
    clock_started_at: datetime
    """The discharge as now known (UTC)."""
    reason: str
    """Coded, for example `discharge-corrected` or `readmitted`."""
    offers: tuple[OfferMade, ...] = ()
    """Added."""
    tasks: tuple[TaskMade, ...] = ()
    """Added, or known and with another deadline now."""
    cancelled: tuple[UUID, ...] = ()
    """Tasks that have no reason any more."""


class HandoverPatientChanged(Event):
    """The handover belongs to another patient key now; published under the new key."""

    type: ClassVar[str] = "handover.patient_changed"
    topic: ClassVar[str] = HANDOVERS

    handover_id: UUID
    previous_patient_key: str
    reason: str
    changed_at: datetime
