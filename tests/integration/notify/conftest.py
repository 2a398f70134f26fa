"""Notify on a real database, a real mail server and a real folder, driven without Kafka."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.local.mailbox import Mailbox
from schemas.catalogue import BY_SCHEMA
from schemas.envelope import Envelope
from schemas.event import Event
from services.chassis.arrival import Arrival
from services.chassis.consumer import Consumer
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.notify.app import STORES, build, build_worker
from services.notify.config import NotifySettings
from services.notify.inbound.delivery import DeliveryWorker
from services.notify.inbound.events import Ears
from tests.integration.notify.carriers import desk_of
from tests.support.postgres import Database as TestDatabase
from tests.support.postgres import Databases
from tests.support.tables import as_migrated, make_tables
from tests.unit.notify.builders import some_settings


@pytest.fixture(scope="session")
def tables(databases: Databases) -> Iterator[TestDatabase]:
    """A database with notify's tables."""
    fresh = databases.create(databases.prepared("notify", partial(make_tables, service="notify")))
    yield fresh
    databases.drop(fresh)


@pytest.fixture
async def database(tables: TestDatabase) -> AsyncIterator[Database]:
    async with as_migrated(tables, "notify") as opened:
        yield opened


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    opened = Mailbox()
    opened.start()
    yield opened
    opened.stop()


@pytest.fixture
def settings(mailbox: Mailbox, tmp_path: Path) -> NotifySettings:
    return some_settings(smtp_port=mailbox.smtp_port, letter_folder=tmp_path / "letters")


@dataclass
class House:
    """A notify service without its Kafka loop: it hears what a test says and delivers when it is told to."""

    database: Database
    settings: NotifySettings
    mailbox: Mailbox
    _sequences: dict[str, int] = field(default_factory=dict)
    _offset: int = 0

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def a_worker(self, **changes: Any) -> DeliveryWorker:
        settings = self.settings.model_copy(update=changes)
        return build_worker(settings, self.database, desk_of(settings))

    def app(self) -> Any:
        return build(self.settings, self.database).app

    async def hear(self, *events: Event) -> list[Envelope]:
        """All of them in one batch, as they come from Kafka."""
        arrivals = [self.arrival(event) for event in events]
        await self.hear_again(arrivals)
        return [arrival.envelope for arrival in arrivals if arrival.envelope]

    async def hear_again(self, arrivals: Sequence[Arrival]) -> None:
        await Consumer(
            self.database, Ears(STORES, desk_of(self.settings).site.policy.budget).subscription
        ).handle(arrivals)

    async def sweep(self) -> None:
        """What a process does every few seconds: handle what waits and is held by nothing any more."""
        await Consumer(
            self.database, Ears(STORES, desk_of(self.settings).site.policy.budget).subscription
        ).sweep()

    def arrival(self, event: Event, **changes: Any) -> Arrival:
        stream = _stream(event)
        self._sequences[stream] = self._sequences.get(stream, 0) + 1
        envelope = Envelope(
            event_id=new_id(),
            source="/baton/referral",
            type=event.type,
            dataschema=event.schema_id(),
            stream=stream,
            sequence=self._sequences[stream],
            occurred_at=changes.get("occurred_at", self.now),
            correlation_id=new_id(),
            causation_id=new_id(),
            partition_key=event.patient_key,
        )
        return self.record(event.topic, event.patient_key, envelope.headers(), event.to_bytes())

    def record(
        self, topic: str, key: str, headers: list[tuple[str, bytes]], body: bytes | None
    ) -> Arrival:
        self._offset += 1
        return Arrival(topic, 0, self._offset, key.encode(), headers, body)

    async def deliver(self, worker: DeliveryWorker | None = None) -> None:
        """Decide and send until nothing is due."""
        worker = worker or self.a_worker()
        while await worker.take_back() + await worker.deliver_due():
            pass

    async def said(self, *types: type[Event]) -> list[Any]:
        """What notify said, in the order in which it was said."""
        rows = await self.database.pool.fetch(
            "SELECT dataschema, body FROM outbox ORDER BY event_id"
        )
        events = [BY_SCHEMA[row["dataschema"]].from_bytes(row["body"]) for row in rows]
        return [event for event in events if not types or isinstance(event, types)]

    async def alerts(self, columns: str = "audience, team, kind, state, reason") -> list[tuple]:
        rows = await self.database.pool.fetch(f"SELECT {columns} FROM alerts ORDER BY alert_id")
        return [tuple(row) for row in rows]

    async def let_leases_run_out(self) -> None:
        await self.database.pool.execute(
            "UPDATE alerts SET lease_until = clock_timestamp() - interval '1 second' WHERE lease_until IS NOT NULL"
        )

    async def let_time_pass(self) -> None:
        """Whatever waits for its next attempt is due."""
        await self.database.pool.execute(
            "UPDATE alerts SET next_attempt_at = clock_timestamp() WHERE state = 'waiting'"
        )

    def mails_to(self, address: str) -> list[Any]:
        return [mail for mail in self.mailbox.messages() if address in mail.to]

    def letters(self) -> list[Path]:
        folder = self.settings.letter_folder
        return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def house(database: Database, settings: NotifySettings, mailbox: Mailbox) -> House:
    return House(database, settings, mailbox)


def _stream(event: Event) -> str:
    handover = getattr(event, "handover_id", None)
    return f"handover:{handover}" if handover else f"patient:{event.patient_key}"
