"""The one way in for all doors: read, store with everything that arrived meanwhile, then answer."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from asyncpg import DeadlockDetectedError, UniqueViolationError

from services.chassis.batches import GroupCommit
from services.chassis.database import AWAY, Database
from services.chassis.errors import Transient
from services.chassis.log import get_logger
from services.discharge.domain.identity import KeyOf
from services.discharge.domain.message import INTERNAL_ERROR, Answer, Incoming, Outcome
from services.discharge.inbound import measures
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.fhir.message import Reading, read_fhir
from services.discharge.inbound.hl7.header import Header
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.itk3.message import Reading as Document
from services.discharge.inbound.itk3.message import read_itk3
from services.discharge.inbound.profiles.profile import Profiles
from services.discharge.usecases.receive_messages import Stores, receive_messages

LONG_BYTES = 256 * 1024
LONG_XML_BYTES = 32 * 1024
"""Longer bodies are read beside the event loop, so that nobody else waits for them."""

_TRIES = 4
"""Another process may be first with the same message or stay: what it wrote is there to be read then."""

MOST_BYTES_IN_HAND = 64 * 1024 * 1024
"""More than this waiting for the database is sent away, to come again later."""

SET_ASIDE = Answer("AE", INTERNAL_ERROR, "", "Kept for review; it could not be taken in")

_log = get_logger()


class NotStored(Exception):
    """Something went wrong that nobody expected. The text names its kind and repeats nothing of the message."""


class Intake:
    """Takes messages in. One answer each, only after the commit."""

    def __init__(
        self,
        database: Database,
        stores: Stores,
        key_of: KeyOf,
        allowed_senders: frozenset[str] = frozenset(),
        most_bytes: int = MOST_BYTES_IN_HAND,
        profiles: Profiles | None = None,
    ) -> None:
        self._database = database
        self._stores = stores
        self._key_of = key_of
        self._allowed_senders = allowed_senders
        self._most_bytes = most_bytes
        self._profiles = profiles
        self._bytes_in_hand = 0
        self._commits: GroupCommit[Incoming, Outcome] = GroupCommit(self._commit)

    async def run(self) -> None:
        """Commit for ever what is handed in."""
        await self._commits.run()

    async def hl7(self, body: bytes, arrival: Arrival) -> tuple[Header, Outcome]:
        """Take in an HL7 v2 message.

        Raises what the database raises while it is away, `Transient` when too much is waiting already, and
        `NotStored` for anything else.
        """
        with self._in_hand(body):
            if len(body) > LONG_BYTES:
                read = await asyncio.to_thread(self._read_hl7, body, arrival)
            else:
                read = self._read_hl7(body, arrival)
            incoming, header = read
            return header, await self._submit(incoming)

    def _read_hl7(self, body: bytes, arrival: Arrival) -> tuple[Incoming, Header]:
        return read_hl7(body, arrival, self._allowed_senders, self._profiles)

    async def fhir(self, body: bytes, arrival: Arrival) -> tuple[Incoming, Reading, Outcome]:
        """Take in a FHIR message. Raises as `hl7` does."""
        with self._in_hand(body):
            if len(body) > LONG_BYTES:
                incoming, reading = await asyncio.to_thread(read_fhir, body, arrival)
            else:
                incoming, reading = read_fhir(body, arrival)
            return incoming, reading, await self._submit(incoming)

    async def itk3(self, body: bytes, arrival: Arrival) -> tuple[Document, Outcome]:
        """Take in an ITK3 message. Raises as `hl7` does."""
        with self._in_hand(body):
            if len(body) > LONG_XML_BYTES:
                read = await asyncio.to_thread(read_itk3, body, arrival, self._allowed_senders)
            else:
                read = read_itk3(body, arrival, self._allowed_senders)
            incoming, reading = read
            return reading, await self._submit(incoming)

    async def take(self, incoming: Incoming) -> Outcome:
        """Take in a message that was read elsewhere. Raises as `hl7` does."""
        with self._in_hand(incoming.body):
            return await self._submit(incoming)

    @contextmanager
    def _in_hand(self, body: bytes) -> Iterator[None]:
        if self._bytes_in_hand + len(body) > self._most_bytes:
            measures.UNANSWERED.inc()
            raise Transient("too many messages wait for the database")
        self._bytes_in_hand += len(body)
        try:
            yield
        finally:
            self._bytes_in_hand -= len(body)

    async def _submit(self, incoming: Incoming) -> Outcome:
        try:
            return await self._commits.submit(incoming)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001
            # What the driver says may quote the message: only its kind goes on.
            kind = type(error).__name__
            _log.error("intake.message_failed", message_id=incoming.message_id, error=kind)
            if incoming.arrived_by == "kafka" and incoming.answer is not SET_ASIDE:
                # Nobody waits there to send it again: it is kept as it came, for a person.
                aside = replace(incoming, statement=None, answer=SET_ASIDE)
                return await self._submit(aside)
            raise NotStored(kind) from None

    async def _commit(self, batch: Sequence[Incoming]) -> Sequence[Outcome]:
        try:
            outcomes = await self._receive(batch)
        except Exception:
            measures.UNANSWERED.inc(len(batch))
            raise
        measures.count(batch, outcomes)
        return outcomes

    async def _receive(self, batch: Sequence[Incoming]) -> Sequence[Outcome]:
        for _ in range(_TRIES - 1):
            with suppress(UniqueViolationError, DeadlockDetectedError):
                return await self._receive_once(batch)
        return await self._receive_once(batch)

    async def _receive_once(self, batch: Sequence[Incoming]) -> Sequence[Outcome]:
        async with self._database.unit_of_work() as unit:
            return await receive_messages(batch, unit, self._stores, self._key_of)
