"""What the use cases ask of the tables; `outbound` answers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.coordinating import Naming
from services.referral.domain.discharge import Discharge
from services.referral.domain.facts import NotOpened
from services.referral.domain.rules import Rule
from services.referral.usecases.records import (
    Changed,
    Found,
    HistoryEntry,
    Loaded,
    Opened,
    PersonDescribed,
    Standing,
    Stay,
    StopNotice,
    Subject,
)
from services.referral.usecases.views import (
    Filters,
    HandoverView,
    OfferView,
    TaskView,
    WholeView,
)


class Handovers(Protocol):
    """Handovers with their offers, tasks and history. Every method costs a constant number of statements."""

    async def standing(
        self, connection: Connection, discharges: Sequence[Discharge]
    ) -> dict[UUID, Standing]:
        """How each of these discharges finds its stay, by spell."""
        ...

    async def of_spells(self, connection: Connection, spells: Iterable[UUID]) -> list[Found]:
        """Every handover of these stays, the oldest first."""
        ...

    async def of_patients(self, connection: Connection, patient_keys: Iterable[str]) -> list[Found]:
        """The handovers of these patients that are open or have open tasks, the oldest first."""
        ...

    async def asked_after_death(
        self, connection: Connection, patient_keys: Iterable[str], rules: Iterable[str]
    ) -> set[str]:
        """Those of these patients for whom one of these rules has made a task that was not called off."""
        ...

    async def last_named(
        self, connection: Connection, handover_ids: Iterable[UUID]
    ) -> dict[UUID, Naming]:
        """When the contact of each of these handovers was named last; those without one are left out."""
        ...

    async def ended_by(
        self, connection: Connection, spells: Iterable[UUID]
    ) -> list[tuple[UUID, Found]]:
        """The handovers whose follow-up each of these stays ended, unless another one followed since."""
        ...

    async def open(self, connection: Connection, opened: Sequence[Opened]) -> None:
        """Write new handovers, with offers and tasks."""
        ...

    async def turn_away(
        self, connection: Connection, decisions: Sequence[NotOpened], now: datetime
    ) -> None:
        """Remember discharges that started no handover."""
        ...

    async def forget_discharges(self, connection: Connection, spells: Iterable[UUID]) -> None:
        """Forget of discharges that do not stand what is to be known of them no more.

        That they started no handover, or that a later stay ended what they had started.
        """
        ...

    async def expect_answers(self, connection: Connection, notices: Sequence[StopNotice]) -> None:
        """Remember which teams must say that they know of a withdrawal."""
        ...

    async def acknowledge(
        self, connection: Connection, seen: Sequence[tuple[UUID, str, datetime]]
    ) -> list[UUID]:
        """Note that a team said something about a handover at a time; gives the notices that this answers."""
        ...

    async def unanswered(self, connection: Connection, notices: Iterable[UUID]) -> list[StopNotice]:
        """Those of these notices that nobody answered, of teams that had learnt of the handover."""
        ...

    async def lock(
        self, connection: Connection, subject: Subject, subject_id: UUID, teams: frozenset[str]
    ) -> Loaded | None:
        """The handover of something that one of these teams may see, locked; None when there is none."""
        ...

    async def lock_many(
        self,
        connection: Connection,
        handover_ids: Iterable[UUID],
        *,
        tasks_only: Iterable[UUID] | None = None,
    ) -> dict[UUID, Loaded]:
        """These handovers by id, locked in the order of their ids; with no other tasks than those, if any are named."""
        ...

    async def handovers_of(
        self, connection: Connection, task_ids: Iterable[UUID]
    ) -> dict[UUID, UUID]:
        """The handover of each task."""
        ...

    async def handovers_of_offers(
        self, connection: Connection, offer_ids: Iterable[UUID]
    ) -> dict[UUID, UUID]:
        """The handover of each offer."""
        ...

    async def alerts_with_a_task(self, connection: Connection, alerts: Iterable[UUID]) -> set[UUID]:
        """Which of these alerts have made a task already."""
        ...

    async def save(self, connection: Connection, changes: Sequence[Changed]) -> None:
        """Write what happened."""
        ...

    async def remember(self, connection: Connection, entries: Sequence[HistoryEntry]) -> None:
        """Add lines to the histories."""
        ...


class Stays(Protocol):
    """Stays in hospital that began."""

    async def begin(self, connection: Connection, stays: Sequence[Stay]) -> None:
        """Remember them; one that is known already stays as it is."""
        ...

    async def undo(self, connection: Connection, spells: Iterable[UUID]) -> None:
        """Forget stays that did not count."""
        ...

    async def move(self, connection: Connection, moved: Sequence[tuple[UUID, str]]) -> None:
        """Let these stays, and what is noted of their discharges, belong to other patient keys."""
        ...


class People(Protocol):
    """Whom the worklist is about."""

    async def describe(self, connection: Connection, people: Sequence[PersonDescribed]) -> None:
        """Keep the latest description of each."""
        ...

    async def dead(self, connection: Connection, patient_keys: Iterable[str]) -> set[str]:
        """Which of these patients are known to have died."""
        ...

    async def practices(
        self, connection: Connection, patient_keys: Iterable[str]
    ) -> dict[str, str]:
        """Where these patients are registered, as far as it is known: ODS codes."""
        ...

    async def forget(self, connection: Connection, patient_keys: Sequence[str]) -> None:
        """Erase who they are."""
        ...


class Watch(Protocol):
    """What the sweep asks every minute."""

    async def count_open(self, connection: Connection) -> dict[str, int]:
        """How many handovers, tasks, late tasks and waiting offers there are."""
        ...

    async def ownerless(self, connection: Connection, teams: Sequence[str]) -> list[UUID]:
        """Open handovers and tasks whose owner is unlike the last one in their history, or not among `teams`."""
        ...

    async def without_timer(
        self, connection: Connection, tasks: str, offers: str, coordinators: str
    ) -> list[tuple[str, UUID, datetime]]:
        """What is open and no waiting timer would ring for: its kind of timer, itself, and when it should ring.

        `tasks`, `offers` and `coordinators` are the kinds of timers.
        """
        ...


class RuleVersions(Protocol):
    """The texts of the rules, by version."""

    async def keep(self, connection: Connection, rules: Sequence[Rule]) -> None:
        """Write down each rule under its version, once; refuse one that says something else under an old version."""
        ...


class Views(Protocol):
    """What people and programs read; each list costs one statement, a handover with its parts five."""

    async def waiting_for_others(self, connection: Connection, filters: Filters) -> list[OfferView]:
        """Offers that these teams made and nobody answered yet, and those passed on from theirs."""
        ...

    async def handovers(self, connection: Connection, filters: Filters) -> list[HandoverView]:
        """Handovers that these teams are party to, the newest first."""
        ...

    async def offers(self, connection: Connection, filters: Filters) -> list[OfferView]:
        """Offers made to these teams or by them, the earliest deadline first."""
        ...

    async def tasks(self, connection: Connection, filters: Filters) -> list[TaskView]:
        """Tasks that these teams own, are offered, or were told of, the earliest deadline first."""
        ...

    async def whole(
        self, connection: Connection, handover_id: UUID, teams: frozenset[str] | None
    ) -> WholeView | None:
        """A handover with everything in it; None when it is not there or not theirs to see."""
        ...

    async def task(
        self, connection: Connection, task_id: UUID, teams: frozenset[str] | None
    ) -> TaskView | None:
        """One task; None when it is not there or not theirs to see."""
        ...

    async def offer(
        self, connection: Connection, offer_id: UUID, teams: frozenset[str] | None
    ) -> OfferView | None:
        """One offer; None when it is not there or not theirs to see."""
        ...
