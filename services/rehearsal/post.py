"""The post between the services: what Kafka carries, carried here, through the same outboxes and inboxes."""

import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from schemas.catalogue import BY_SCHEMA
from schemas.envelope import Envelope
from schemas.event import Event
from services.chassis import outbox
from services.chassis.arrival import Arrival
from services.chassis.consumer import Consumer, Subscription
from services.chassis.database import Database
from services.chassis.outbox import Letter
from services.chassis.unit_of_work import UnitOfWork

_WAVE = 500


@dataclass(frozen=True, slots=True)
class Said:
    """An event on its way."""

    at: datetime
    service: str
    envelope: Envelope
    event: Event


class Post:
    """Carries letters until every outbox is empty."""

    def __init__(
        self,
        databases: Mapping[str, Database],
        subscriptions: Mapping[str, Subscription],
        chance: random.Random | None,
    ) -> None:
        self._databases = databases
        self._readers = {
            service: (subscription.topics, Consumer(databases[service], subscription))
            for service, subscription in subscriptions.items()
        }
        self._chance = chance
        self._offsets: dict[str, int] = defaultdict(int)
        self._fresh: set[str] = set()
        self.said: list[Said] = []
        for service, database in databases.items():
            database.on_commit.append(partial(self._note, service))

    def _note(self, service: str, unit: UnitOfWork) -> None:
        if unit.letters:
            self._fresh.add(service)

    async def carry(self, now: datetime, waiting: Collection[str] = ()) -> int:
        """Take what waits in these outboxes, and in those just written to, to whoever listens; returns how much."""
        carried = 0
        for service, database in self._databases.items():
            if service not in waiting and service not in self._fresh:
                continue
            self._fresh.discard(service)
            letters = await self._collect(service, database)
            if letters:
                await self._hand_out(letters)
            for letter in letters:
                event = BY_SCHEMA[letter.envelope.dataschema].from_bytes(letter.body)
                self.said.append(Said(now, service, letter.envelope, event))
            carried += len(letters)
        return carried

    async def _collect(self, service: str, database: Database) -> list[Letter]:
        async with database.reading() as connection:
            letters = await outbox.read_pending(connection, f"/baton/{service}", _WAVE)
            ids = [letter.envelope.event_id for letter in letters]
            await connection.execute(
                "DELETE FROM outbox_pending WHERE event_id = ANY($1::uuid[])", ids
            )
        return letters

    async def _hand_out(self, letters: Sequence[Letter]) -> None:
        readers = list(self._readers.values())
        if self._chance is not None:
            self._chance.shuffle(readers)
        for topics, consumer in readers:
            mine = [letter for letter in letters if letter.topic in topics]
            for batch in self._batches(mine):
                await consumer.handle([self._arrival(letter) for letter in batch])

    def _batches(self, letters: Sequence[Letter]) -> list[Sequence[Letter]]:
        """All at once; with chance in it, cut anywhere."""
        if self._chance is None or len(letters) < 2:
            return [letters] if letters else []
        cut = self._chance.randint(1, len(letters))
        return [part for part in (letters[:cut], letters[cut:]) if part]

    def _arrival(self, letter: Letter) -> Arrival:
        self._offsets[letter.topic] += 1
        return Arrival(
            topic=letter.topic,
            partition=0,
            offset=self._offsets[letter.topic],
            record_key=letter.envelope.partition_key.encode(),
            headers=letter.envelope.headers(),
            body=letter.body,
        )
