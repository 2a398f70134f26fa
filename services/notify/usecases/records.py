"""What the use cases and the tables hand each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from services.notify.domain.alert import Alert, Channel, State, Telling
from services.notify.domain.attempt import Outcome
from services.notify.domain.message import Message, Rendered

Reply = Literal["getting-worse", "coordinator-agreed", "coordinator-changed"]


@dataclass(frozen=True, slots=True)
class Description:
    """One word of discharge about a patient, as it is kept."""

    patient_key: str
    described_at: datetime
    prefix: str = field(repr=False)
    given: str = field(repr=False)
    family: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    contact_points: Sequence[Mapping[str, str]] = field(repr=False)
    address_lines: Sequence[str] = field(repr=False)
    postcode: str = field(repr=False)
    practice: str | None = field(repr=False)
    language: str = field(repr=False)
    needs: Sequence[str] = field(repr=False)
    verification: str = field(repr=False)
    deceased: bool = field(repr=False)
    death_status: str = field(repr=False)
    restricted: bool = field(repr=False)
    identity_held: bool
    replaced_by: str | None
    test_patient: bool


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert that is about to be stored."""

    alert_id: UUID
    handover_id: UUID
    patient_key: str
    telling: Telling
    caused_by: UUID
    """Id of the event that tells of the fact."""
    correlation_id: UUID
    happened_at: datetime
    due_at: datetime
    """When it is sent at the earliest."""
    digest: bool = False


@dataclass(frozen=True, slots=True)
class DescribedTeam:
    """One word of referral about a team, as it is kept."""

    team: str
    name: str
    phone: str
    email: str
    active: bool
    described_at: datetime


@dataclass(frozen=True, slots=True)
class PatientReply:
    """An answer of a patient, as it is kept."""

    reply_id: UUID
    """Chosen by the form: sent twice, it is one answer."""
    handover_id: UUID
    reply: Reply
    team: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """An alert whose row is locked, with what saying something about it needs."""

    alert: Alert
    caused_by: UUID
    correlation_id: UUID
    state: State
    said: int
    """How many events of this alert were published."""
    lease_owner: UUID | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach somebody."""

    claimed: Claimed
    number: int
    """Counts from 1 for each alert."""
    message: Message
    rendered: Rendered
    said: Mapping[str, Any] = field(repr=False)
    """The values of the message, without the address and without the private link."""
    token_hash: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt and how it ended."""

    attempt: Attempt
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an alert stands from now on; `next_attempt_at` only while it waits."""

    alert_id: UUID
    state: State
    reason: str
    next_attempt_at: datetime | None
    said: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A patient's message that has left, or may have."""

    alert_id: UUID
    handover_id: UUID
    patient_key: str
    channel: Channel
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Recall:
    """A patient's message that should be taken back, for a coded reason."""

    alert_id: UUID
    reason: str
    channel: Channel
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as its team sees it in the inbox."""

    alert_id: UUID
    handover_id: UUID
    team: str
    kind: str
    urgent: bool
    task_count: int
    due_at: datetime | None
    because: str
    milestone: str
    about_team: str
    digest: bool
    made_at: datetime
    state: str
    reason: str
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    overtaken: bool
    """Its handover was withdrawn since: the alert that says so wants attention instead."""
