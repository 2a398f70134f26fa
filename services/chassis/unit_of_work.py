"""One transaction and everything that stands or falls with it: state, outbox and timers."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.envelope import Envelope
from schemas.event import Event
from services.chassis import outbox
from services.chassis.connection import Connection
from services.chassis.ids import new_id
from services.chassis.outbox import Letter

LARGEST_BODY = 1_000_000
"""Bytes of an event's body; topics take a record of 1 MiB, headers included."""


class EventTooLarge(Exception):
    """A body that no broker would take. The text names the type of the event and nothing of its content."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is said: the journey it belongs to, and what directly led to it."""

    correlation_id: UUID
    causation_id: UUID


class UnitOfWork:
    """What a use case is handed: a connection inside a transaction, the time, and a way to speak.

    The edge that opened it commits it; a use case never does.
    """

    def __init__(self, connection: Connection, service: str, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self._source = f"/baton/{service}"
        self.letters: list[Letter] = []
        self._timers: list[tuple[UUID, str, UUID, datetime]] = []
        self._cancelled: set[UUID] = set()

    def publish(
        self, event: Event, *, stream: str, sequence: int, cause: Cause, occurred_at: datetime
    ) -> UUID:
        """Say an event once the transaction commits; returns its id.

        `sequence` is the place in `stream`, counted without a gap on the row of the aggregate that speaks, which
        must be locked. `occurred_at` is when it happened, timezone-aware. Raises `EventTooLarge` for a body that
        no broker would take: one that cannot be published would hold up everything behind it.
        """
        event_id = new_id()
        envelope = Envelope(
            event_id=event_id,
            source=self._source,
            type=event.type,
            dataschema=event.schema_id(),
            stream=stream,
            sequence=sequence,
            occurred_at=occurred_at,
            correlation_id=cause.correlation_id,
            causation_id=cause.causation_id,
            partition_key=event.patient_key,
        )
        body = event.to_bytes()
        if len(body) > LARGEST_BODY:
            raise EventTooLarge(event.type)
        self.letters.append(Letter(envelope, event.topic, body))
        return event_id

    def set_timer(self, kind: str, subject: UUID, due_at: datetime) -> None:
        """Ring `kind` for `subject` at `due_at` (timezone-aware; the database's clock decides)."""
        self._timers.append((new_id(), kind, subject, due_at))

    def cancel_timers(self, subject: UUID) -> None:
        """Let no earlier timer of `subject` ring any more."""
        self._cancelled.add(subject)

    @property
    def earliest_timer(self) -> datetime | None:
        """When the first of the new timers is due."""
        return min((due_at for _, _, _, due_at in self._timers), default=None)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part that may fail alone: what it wrote, said and set is taken back, and the error raised."""
        letters, timers, cancelled = len(self.letters), len(self._timers), set(self._cancelled)
        try:
            async with self.connection.transaction():
                yield
        except BaseException:
            del self.letters[letters:]
            del self._timers[timers:]
            self._cancelled = cancelled
            raise

    async def flush(self) -> None:
        """Write what was collected; called by the edge, just before the commit."""
        if self._cancelled:
            await self._cancel(self._cancelled)
        if self._timers:
            await self.connection.copy_records_to_table(
                "timers", columns=("timer_id", "kind", "subject", "due_at"), records=self._timers
            )
        if self.letters:
            await outbox.write(self.connection, self.letters)

    async def _cancel(self, subjects: Iterable[UUID]) -> None:
        await self.connection.execute(
            """
            UPDATE timers SET cancelled_at = clock_timestamp()
            WHERE subject = ANY($1::uuid[]) AND rung_at IS NULL AND cancelled_at IS NULL
            """,
            sorted(subjects),
        )
