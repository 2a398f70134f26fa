"""Look somebody up without being their team: at the front desk, and while other teams are closed (A22, A44)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.usecases.views import PersonView, TaskView

LookUpPage = Literal["reception", "out-of-hours"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One piece of work, as somebody without need of the details may know it."""

    team: str
    """Whom to pass a message to: who has it, or was asked for it."""
    asked: bool
    """Whether that team has yet to answer."""
    skill: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """What the front desk may know of a patient."""

    person: PersonView
    waiting: Sequence[Waiting]
    coordinator_team: str
    coordinator_name: str
    coordinator_phone: str


class LookUps(Protocol):
    """Answers to look-ups, each written down with who asked."""

    async def at_reception(
        self, connection: Connection, patient_key: str, teams: frozenset[str] | None
    ) -> Desk | None:
        """Open work about a patient in handovers that these teams are part of."""
        ...

    async def out_of_hours(
        self,
        connection: Connection,
        teams: Sequence[str],
        after: tuple[float, UUID] | None,
        limit: int,
    ) -> list[TaskView]:
        """Open tasks of these teams that are urgent or late, the most pressing first."""
        ...

    async def write_down(
        self,
        connection: Connection,
        by: str,
        teams: frozenset[str],
        page: LookUpPage,
        patient_key: str,
        shown: int,
    ) -> None: ...
