"""What notify says of its alerts: one thing that one person or team should learn."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from schemas.event import Event
from schemas.topics import ALERTS

Audience = Literal["patient", "team"]


class AlertSent(Event):
    """A provider took the message; this does not say that anybody read it."""

    type: ClassVar[str] = "alert.sent"
    topic: ClassVar[str] = ALERTS

    alert_id: UUID
    handover_id: UUID
    audience: Audience
    team: str = ""
    """Directory id when the audience is a team."""
    channel: str
    """`email` or `letter`."""
    sent_at: datetime


class AlertNotDelivered(Event):
    """Nobody was reached, or nobody may be: a person must take over (rules R77, P21)."""

    type: ClassVar[str] = "alert.not_delivered"
    topic: ClassVar[str] = ALERTS

    alert_id: UUID
    handover_id: UUID
    audience: Audience
    team: str = ""
    reason: str
    """Coded, for example `no-usable-channel`, `refused-by-provider`, `identity-not-verified`."""
    needs_person: bool = True
    """False where silence is right, for example after a death."""
    decided_at: datetime


class AlertAcknowledged(Event):
    """A person in the team said that they have seen it."""

    type: ClassVar[str] = "alert.acknowledged"
    topic: ClassVar[str] = ALERTS

    alert_id: UUID
    handover_id: UUID
    team: str
    acknowledged_at: datetime
    acknowledged_by: str


class AlertOvertaken(Event):
    """What a message said is not true any more, and it had reached somebody: a person must put it right (S02)."""

    type: ClassVar[str] = "alert.overtaken"
    topic: ClassVar[str] = ALERTS

    alert_id: UUID
    handover_id: UUID
    audience: Audience
    team: str = ""
    """Directory id when the audience is a team."""
    reason: str
    """Coded, for example `handover-withdrawn`."""
    sent_at: datetime
    decided_at: datetime


class ReplyReceived(Event):
    """A patient, or somebody who may speak for them, answered on their page."""

    type: ClassVar[str] = "reply.received"
    topic: ClassVar[str] = ALERTS

    handover_id: UUID
    reply: Literal["getting-worse", "coordinator-agreed", "coordinator-changed"]
    """`getting-worse`: while waiting (R56). The others: about the single point of contact (A05)."""
    team: str = ""
    """Directory id of the team that they choose."""
    received_at: datetime
