"""What a decision says happened to a task."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.domain.handover import (
    Task,
    TaskStatus,
)


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


TaskFact = (
    TaskAdded | TaskChanged | TaskClaimed | TaskNoted | TaskSnoozed | TaskWarned | TaskEscalated
)
"""What happens to one task."""
