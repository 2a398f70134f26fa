"""The worklist as it is asked for and shown: what a team must do, a heading a patient, the most pressing first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.usecases.views import OfferView, PersonView, TaskView

Show = Literal["all", "mine", "unclaimed", "unanswered", "overdue", "today", "snoozed"]
SHOWS: tuple[Show, ...] = (
    "all",
    "mine",
    "unclaimed",
    "unanswered",
    "overdue",
    "today",
    "snoozed",
)
ITEMS_OF_A_PATIENT = 8
"""Shown under one heading; the rest are counted there."""
ALL_ITEMS_OF_A_PATIENT = 200
"""Shown under one heading for whoever wants to see all of it."""


@dataclass(frozen=True, slots=True)
class ListAsked:
    """Which part of a worklist somebody wants to see."""

    teams: frozenset[str] | None
    """Whose work; None: every team's."""
    me: str
    """Who asks, by staff reference."""
    today_ends: datetime
    show: Show = "all"
    skills: frozenset[str] | None = None
    """Only work that takes one of these skills, and what the asker has taken; None: whatever it takes."""
    after: tuple[float, UUID] | None = None
    """Where the page before ended."""
    patients: int = 20
    items: int = ITEMS_OF_A_PATIENT


@dataclass(frozen=True, slots=True)
class Heading:
    """A patient with what is to be done for them, the most pressing first."""

    person: PersonView
    items: Sequence[OfferView | TaskView]
    others: int
    """How many more of their items the list has."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some patients of a worklist, and how much there is in all of it."""

    headings: Sequence[Heading] = ()
    counts: Mapping[Show, int] = field(default_factory=dict)
    other_skills: int = 0
    """Items that are left out because they take other skills."""
    next: tuple[float, UUID] | None = None


@dataclass(frozen=True, slots=True)
class NobodyNamed:
    """A handover whose patient has nobody to ask for by name, and since when."""

    handover_id: UUID
    person: PersonView
    opened_at: datetime


class Worklists(Protocol):
    """What a team lives with. A page costs three statements, however long the list is."""

    async def page(self, connection: Connection, asked: ListAsked) -> ListPage:
        """Offers to answer, tasks to do and tasks told of in silence."""
        ...

    async def without_coordinator(
        self, connection: Connection, teams: frozenset[str] | None
    ) -> list[NobodyNamed]:
        """Open handovers of these teams that lack a named coordinator, the oldest first; at most ten."""
        ...
