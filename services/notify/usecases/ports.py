"""What the use cases need of the world; the modules and classes of `outbound` keep these promises."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.notify.domain.alert import Audience, Channel, Kind
from services.notify.domain.attempt import Outcome
from services.notify.domain.link import Link
from services.notify.domain.message import Message, Rendered
from services.notify.domain.person import Person
from services.notify.domain.plan import Plan, PlanTask
from services.notify.domain.plan import Standing as PlanStanding
from services.notify.usecases.records import (
    AlertView,
    Attempt,
    Claimed,
    DescribedTeam,
    Description,
    Ended,
    NewAlert,
    PatientReply,
    Recall,
    Sent,
    Standing,
)


class People(Protocol):
    async def keep(self, connection: Connection, descriptions: Sequence[Description]) -> None:
        """Keep each patient's latest description; older words than what is known change nothing."""

    async def find(self, connection: Connection, keys: Collection[str]) -> dict[str, Person]:
        """The people of these keys, as far as they are known; under a retired key, its successor's record."""

    async def family(self, connection: Connection, keys: Collection[str]) -> set[str]:
        """These keys, and every retired one whose person is now known under one of them."""

    async def identities(
        self, connection: Connection, keys: Collection[str]
    ) -> dict[str, tuple[bool, str | None]]:
        """For each known key whether its identity is held, and the key that replaced it."""

    async def hold(self, connection: Connection, keys: Collection[str]) -> None:
        """Let nobody change what is known of these patients until the transaction ends."""

    async def forget(self, connection: Connection, keys: Collection[str]) -> None: ...


class Plans(Protocol):
    async def lock(self, connection: Connection, ids: Collection[UUID]) -> dict[UUID, Plan]:
        """The plans that are known, with their tasks, locked until the transaction ends."""

    async def find(self, connection: Connection, ids: Collection[UUID]) -> dict[UUID, Plan]: ...

    async def standings(
        self, connection: Connection, ids: Collection[UUID]
    ) -> dict[UUID, PlanStanding]: ...

    async def hold(self, connection: Connection, ids: Collection[UUID]) -> None:
        """Let nobody change these plans until the transaction ends."""

    async def add(self, connection: Connection, plans: Sequence[Plan]) -> None:
        """Store new plans with their tasks."""

    async def change(
        self,
        connection: Connection,
        plans: Sequence[Plan],
        changed: Sequence[PlanTask],
        added: Sequence[tuple[UUID, PlanTask]],
    ) -> None:
        """Store what became of known plans: the changed tasks, and the added ones by their handover."""


class Alerts(Protocol):
    async def add(
        self, connection: Connection, alerts: Sequence[NewAlert], now: datetime
    ) -> None: ...

    async def lock(self, connection: Connection, ids: Collection[UUID]) -> list[Claimed]: ...

    async def lock_unsent(
        self, connection: Connection, handovers: Collection[UUID]
    ) -> list[Claimed]:
        """Lock the alerts of these handovers that wait and are not in flight."""

    async def teams_told(
        self, connection: Connection, handovers: Collection[UUID]
    ) -> dict[UUID, set[str]]:
        """The teams that know of these handovers, or may know."""

    async def count_told(
        self, connection: Connection, keys: Collection[str], since: datetime
    ) -> dict[str, int]:
        """How many messages went to each patient since then."""

    async def last_told(
        self, connection: Connection, handovers: Collection[UUID]
    ) -> dict[UUID, datetime]:
        """When the last message to the patient about each of these handovers was written."""

    async def settle(self, connection: Connection, standings: Sequence[Standing]) -> None:
        """Give up the lease and write where each alert stands."""

    async def hasten(
        self, connection: Connection, keys: Collection[str], reasons: Collection[str]
    ) -> None:
        """Let the alerts of these patients that were put off for these reasons be due now."""

    async def move(self, connection: Connection, keys: Mapping[UUID, str]) -> None:
        """Let the alerts of these handovers belong to other patients' keys."""

    async def lock_unsent_of_patients(
        self, connection: Connection, keys: Collection[str]
    ) -> list[Claimed]: ...

    async def acknowledge(
        self, connection: Connection, alert_id: UUID, by: str, said: int
    ) -> None: ...


class Queue(Protocol):
    async def claim_due(self, connection: Connection, limit: int, worker: UUID) -> list[Claimed]:
        """Lock alerts that are due now, go alone, and that nobody else works on, urgent ones first."""

    async def claim_together(
        self, connection: Connection, limit: int, worker: UUID
    ) -> list[Claimed]:
        """Lock all that is due now and goes together, of as many teams, oldest first within each."""

    async def lease(
        self, connection: Connection, ids: Sequence[UUID], owner: UUID, duration: timedelta
    ) -> None:
        """Note that an attempt at each begins now, and keep others away for the duration."""

    async def seconds_until_due(self, connection: Connection, worker: UUID) -> float | None:
        """How long until an alert is due; negative when it is late, None when nothing waits."""

    async def oldest_due_seconds(self, connection: Connection) -> float:
        """How long the oldest alert waits that should have been sent or was tried in vain; 0 when there is none."""


class Deliveries(Protocol):
    async def start(
        self,
        connection: Connection,
        attempts: Sequence[Attempt],
        now: datetime,
        link_life: timedelta,
    ) -> None:
        """Write down that these attempts begin, with the hashes of the private links that they carry."""

    async def end(self, connection: Connection, ended: Sequence[Ended]) -> None:
        """Write down how they ended; a refused message takes its link with it."""


class Digests(Protocol):
    async def take_day(self, connection: Connection, teams: Collection[str], day: date) -> set[str]:
        """Let these teams have their digest of this day; returns those that had none yet."""


class Teams(Protocol):
    async def keep(self, connection: Connection, described: Sequence[DescribedTeam]) -> None: ...

    async def find(self, connection: Connection, teams: Collection[str]) -> list[DescribedTeam]: ...


class Replies(Protocol):
    async def keep(self, connection: Connection, reply: PatientReply) -> bool:
        """Keep an answer. False: it was kept before."""

    async def latest(self, connection: Connection, handover_id: UUID) -> Sequence[PatientReply]:
        """The last answer of each kind."""


class Links(Protocol):
    async def find(self, connection: Connection, token_hash: bytes) -> tuple[Link, str] | None:
        """The link and the patient's opaque key."""

    async def revoke(self, connection: Connection, keys: Collection[str]) -> None:
        """Close every link of these patients: somebody else may hold it."""

    async def move(self, connection: Connection, keys: Mapping[UUID, str]) -> None:
        """Let the links of these handovers belong to other patients' keys, and open for nobody any more."""

    async def forget(self, connection: Connection, keys: Collection[str]) -> None: ...


class Recalls(Protocol):
    async def left_by_alert(self, connection: Connection, ids: Collection[UUID]) -> list[Sent]:
        """Those of these alerts whose message has left, or may have; locked."""

    async def left_by_handover(self, connection: Connection, ids: Collection[UUID]) -> list[Sent]:
        """The patients' messages about these handovers that have left, or may have; locked."""

    async def left_by_patient(self, connection: Connection, keys: Collection[str]) -> list[Sent]:
        """The messages to these patients that have left, or may have; locked."""

    async def want(self, connection: Connection, wanted: Sequence[Recall]) -> None:
        """Note that these should be taken back; one that is noted already keeps its reason."""

    async def claim(self, connection: Connection, limit: int) -> list[Recall]:
        """Lock recalls that nobody has tried and nobody else works on."""

    async def end(self, connection: Connection, ended: Sequence[tuple[UUID, bool]]) -> None:
        """Write down which were taken back; their private links open nothing any more."""


class Inbox(Protocol):
    async def read(
        self, connection: Connection, teams: Collection[str] | None, limit: int, offset: int
    ) -> list[AlertView]:
        """Alerts for teams (None: every team): what wants attention first, and of that what says stop."""


@dataclass(frozen=True, slots=True)
class Stores:
    """The tables of notify."""

    people: People
    plans: Plans
    alerts: Alerts
    queue: Queue
    deliveries: Deliveries
    links: Links
    inbox: Inbox
    recalls: Recalls
    digests: Digests
    teams: Teams
    replies: Replies


class CannotWriteError(Exception):
    """A template and its values do not fit; the text names the template, never a value."""


class Messages(Protocol):
    """The approved templates."""

    def may_name(self, name: str) -> bool:
        """Whether a stranger may read this name."""

    def render(
        self, audience: Audience, kind: Kind, channel: Channel, values: Mapping[str, Any]
    ) -> Rendered:
        """Fill in a template. Raises `CannotWriteError`, also when a banned word would stand in the text."""


class Carrier(Protocol):
    """A way out: mail or post. Says how it went and does not raise."""

    async def carry(self, message: Message) -> Outcome:
        """One attempt. Called outside of any transaction."""

    async def take_back(self, alert_id: UUID) -> bool:
        """Stop a message that was taken; says whether it is certain that nobody has it or will."""
