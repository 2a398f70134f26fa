"""What other systems read: tasks, referrals, appointments and who did what, each with a version and its last change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from uuid import UUID

from services.chassis.connection import Connection

EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""Bounds that bound nothing."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a record is about: a key, and the NHS number where it may be shown at all."""

    patient_key: str
    nhs_number: str | None
    """Verified, of somebody whose record is neither restricted nor held; else None."""
    restricted: bool
    test_patient: bool


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """A task."""

    task_id: UUID
    version: int
    updated_at: datetime
    handover_id: UUID
    code: str
    title: str
    rule_id: str
    rule_version: str
    status: str
    status_reason: str
    priority: str
    owner_team: str
    owner_person: str
    requester_team: str
    authored_at: datetime
    due_at: datetime
    not_before: datetime | None
    closed_at: datetime | None
    escalated_at: datetime | None
    follows: UUID | None
    spell_id: UUID
    service_request: UUID | None
    """The request that stands for it, where it is part of a referral."""
    about: Subject

    @property
    def place(self) -> "Place":
        """Where it stands among others by their last change."""
        return self.updated_at, self.task_id


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A referral, as the request that stands or stood for it."""

    service_request: UUID
    version: int
    updated_at: datetime
    status: str
    team: str
    replaces: UUID | None
    made_at: datetime
    requisition: str
    kind: str
    priority: str
    specialty: str
    referrer: str
    about: Subject

    @property
    def place(self) -> "Place":
        """Where it stands among others by their last change."""
        return self.updated_at, self.service_request


@dataclass(frozen=True, slots=True)
class AppointmentRecord:
    """An appointment of a referral."""

    appointment_id: UUID
    version: int
    updated_at: datetime
    status: str
    """As FHIR has it."""
    team: str
    starts_at: datetime
    service_request: UUID
    about: Subject

    @property
    def place(self) -> "Place":
        """Where it stands among others by their last change."""
        return self.updated_at, self.appointment_id


@dataclass(frozen=True, slots=True)
class DeedRecord:
    """Who did what to something, and when. It never changes."""

    deed_id: str
    row_id: UUID
    at: datetime
    what: str
    """The line of the history; `owner.first` and `owner.changed` say who became accountable."""
    team: str
    by_whom: str
    target_type: str
    target_id: UUID

    @property
    def place(self) -> "Place":
        """Where it stands among others by its time."""
        return self.at, self.row_id


Place = tuple[datetime, UUID]
"""Where a row stands in a list."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search asks for; empty sequences ask for nothing in particular."""

    teams: Sequence[str] | None
    """Whose records the reader may see; None: all."""
    limit: int
    newest_first: bool = True
    after: Place | None = None
    since: datetime = EARLIEST
    """The first instant of a change that counts, and the first that does not count any more."""
    until: datetime = LATEST
    ids: Sequence[UUID] = ()
    patient_key: str | None = None
    owners: Sequence[str] = ()
    statuses: Sequence[str] = ()
    codes: Sequence[str] = ()
    handover: UUID | None = None
    requisition: str | None = None
    starts: tuple[datetime, datetime] = (EARLIEST, LATEST)
    """When an appointment begins: from the first instant that counts to the first that does not."""
    targets: Sequence[UUID] = ()


Record_co = TypeVar("Record_co", covariant=True)


class Records(Protocol[Record_co]):
    """Records of one kind; a page costs a constant number of statements."""

    async def one(
        self, connection: Connection, record_id: str, teams: Sequence[str] | None
    ) -> Record_co | None:
        """One of them; None when it is not there or not theirs to see."""
        ...

    async def search(self, connection: Connection, sought: Sought) -> Sequence[Record_co]:
        """Those that are sought, by their last change."""
        ...
