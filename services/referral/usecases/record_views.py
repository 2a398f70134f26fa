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
    changed_at: datetime
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
    purpose: str
    spell_id: UUID
    """The stay; of a referral, the referral's id."""
    about: Subject

    @property
    def place(self) -> "Place":
        """Where it stands among others by their last change."""
        return self.changed_at, self.task_id


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
    targets: Sequence[UUID] = ()


Record_co = TypeVar("Record_co", covariant=True)


class Records(Protocol[Record_co]):
    """Records of one kind; a page costs a constant number of statements."""

    async def one(
        self, connection: Connection, record_id: UUID, teams: Sequence[str] | None
    ) -> Record_co | None:
        """One of them; None when it is not there or not theirs to see."""
        ...

    async def search(self, connection: Connection, sought: Sought) -> Sequence[Record_co]:
        """Those that are sought, by their last change."""
        ...
