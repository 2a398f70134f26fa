"""What referral says of tasks: what is to be done, who does it, and what silence about it brings; on the topic of handovers."""

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
