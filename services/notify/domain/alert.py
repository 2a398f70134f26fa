"""The alert: one thing that one person or team should learn."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Audience(StrEnum):
    PATIENT = "patient"
    TEAM = "team"


class Kind(StrEnum):
    """Which fact of the handover the alert tells of."""

    OPENED = "opened"
    """Somebody is asked to take something on; or, for the patient, a plan began."""
    DUTY = "duty"
    """The sender's own part of a handover that opened: nobody has to accept it."""
    ADDED = "added"
    DECLINED = "declined"
    ESCALATED = "escalated"
    CHANGED = "changed"
    """What was asked of a team, or is theirs, has another deadline or is called off."""
    WITHDRAWN = "withdrawn"
    """Stop: whoever was told has to say that they have seen this (scenario S02)."""


class State(StrEnum):
    """Where the alert stands. Everything but `waiting` is final."""

    WAITING = "waiting"
    SENT = "sent"
    WITHHELD = "withheld"
    """A rule said no; the reason is kept."""
    FAILED = "failed"
    """A provider said no, or could not be reached for too long."""
    REVOKED = "revoked"
    """Taken back before it reached anybody: the handover was withdrawn, or the patient has died."""


class Channel(StrEnum):
    EMAIL = "email"
    LETTER = "letter"


_URGENT = frozenset({Kind.ESCALATED, Kind.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody who should learn of one fact, before there is an alert for it."""

    audience: Audience
    kind: Kind
    team: str = ""
    """Directory id; empty when the audience is the patient."""
    task_count: int = 0
    due_at: datetime | None = None
    """The earliest deadline among the tasks (UTC)."""
    last_resort: bool = False
    """It is about a task that exists because a message failed: its own failure must not make another task."""
    because: str = ""
    """Coded reason that a team is told, for example why the handover was withdrawn; empty when there is none."""

    @property
    def urgent(self) -> bool:
        """It bears on safety: first in the inbox and first in the queue."""
        return self.kind in _URGENT


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as it stands when it is about to be sent."""

    alert_id: UUID
    handover_id: UUID
    patient_key: str
    telling: Telling
    happened_at: datetime
    """When the fact happened (UTC), however late it was heard."""
    made_at: datetime
    attempts: int = 0
    """How many attempts were started, this one included."""
