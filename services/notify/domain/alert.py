"""The alert: one thing that one person or team should learn."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Audience(StrEnum):
    """Whom an alert is for."""

    PATIENT = "patient"
    TEAM = "team"


class Kind(StrEnum):
    """Which news an alert brings, or, for `digest`, a message that brings several."""

    OPENED = "opened"
    """Somebody is asked to take something on; or, for the patient, a plan began."""
    DUTY = "duty"
    """The sender's own part of a handover that opened: nobody has to accept it."""
    ADDED = "added"
    OFFERED = "offered"
    """A team is asked to take on work of a handover that began before."""
    HANDED_ON = "handed-on"
    """What a team is accountable for was offered to another: it stays accountable until that one accepts."""
    REDIRECTED = "redirected"
    """Work was passed on to a better-suited team; whoever sent the patient has nothing to do (scenario S05)."""
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    WARNED = "warned"
    """A good part of the time for a task has passed."""
    ESCALATED = "escalated"
    """A deadline has passed."""
    STILL_LATE = "still-late"
    """It passed some time ago, and the task is still open."""
    CHANGED = "changed"
    """What was asked of a team, or is theirs, has another deadline or is called off."""
    REOPENED = "reopened"
    REFERRAL = "referral"
    """A referral of the team reached another state."""
    WITHDRAWN = "withdrawn"
    """Stop: whoever was told has to say that they have seen this (scenario S02)."""

    REFERRED = "referred"
    """To the patient: a team was asked to see them."""
    MOVED = "moved"
    """To the patient: a team near their new home, or in place of one that closed, has taken over (scenario S10)."""
    CONTACT = "contact"
    """To the patient: who their contact is."""
    RETURNED = "returned"
    """To the patient: the team that was asked cannot see them, and somebody arranges another."""
    CALLED_OFF = "called-off"
    """To the patient: the referral is not going ahead."""
    BOOKED = "appointment-booked"
    APPOINTMENT_MOVED = "appointment-moved"
    CANCELLED = "appointment-cancelled"
    MISSED = "appointment-missed"

    DIGEST = "digest"
    """No alert of its own: the one message in which several of a team go together."""


FOR_PATIENTS = frozenset(
    {
        Kind.OPENED,
        Kind.REFERRED,
        Kind.REDIRECTED,
        Kind.MOVED,
        Kind.CONTACT,
        Kind.RETURNED,
        Kind.CALLED_OFF,
        Kind.BOOKED,
        Kind.APPOINTMENT_MOVED,
        Kind.CANCELLED,
        Kind.MISSED,
    }
)
FOR_TEAMS = frozenset(Kind) - FOR_PATIENTS | {Kind.OPENED, Kind.REDIRECTED}
OF_TASKS = frozenset({Kind.WARNED, Kind.ESCALATED, Kind.STILL_LATE})
"""About the deadline of one task: nothing to say any more once it is closed."""
TOGETHER = OF_TASKS | {Kind.UNANSWERED}
"""However many of these a team is due, it gets them in one message (rule A47)."""


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
    """The way in which a message leaves."""

    EMAIL = "email"
    LETTER = "letter"


_URGENT = frozenset({Kind.ESCALATED, Kind.STILL_LATE, Kind.UNANSWERED, Kind.WITHDRAWN})
ROUTINE = "routine"


@dataclass(frozen=True, slots=True)
class Telling:
    """Somebody who should learn of one fact, before there is an alert for it."""

    audience: Audience
    kind: Kind
    team: str = ""
    """Directory id; empty when the audience is the patient."""
    task_count: int = 0
    due_at: datetime | None = None
    """The earliest deadline among the tasks, or when the appointment begins (UTC)."""
    last_resort: bool = False
    """It is about a task that exists because a message failed: its own failure must not make another task."""
    because: str = ""
    """Coded reason that a team is told, for example why the handover was withdrawn; empty when there is none."""
    about: UUID | None = None
    """The task, offer or appointment that it is about, where it is about one."""
    about_team: str = ""
    """Directory id of another team that it tells of: the new one, or the one that owns a late task."""
    milestone: str = ""
    """How far the time for a task has gone, for example `50%` or `breach`."""
    priority: str = ROUTINE
    """Of the most urgent task that it is about."""

    @property
    def urgent(self) -> bool:
        """It bears on safety: first in the inbox and first in the queue."""
        return self.kind in _URGENT or self.priority != ROUTINE


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
    digest: bool = False
    """It waits for its team's one message of the day."""
