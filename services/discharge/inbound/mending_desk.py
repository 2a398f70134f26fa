"""Commands about stored messages, for the pages and the interface alike: each acts once however often it is sent."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError
from starlette.responses import Response

from services.chassis.access import Actor
from services.chassis.database import Database
from services.chassis.idempotency import Command, Said, once
from services.chassis.unit_of_work import UnitOfWork
from services.discharge.domain.message import Incoming, Outcome
from services.discharge.inbound import measures
from services.discharge.inbound.clean import without_controls
from services.discharge.inbound.mending import Mended, Readers, as_bytes, as_text
from services.discharge.usecases.accept_clash import accept_clash
from services.discharge.usecases.read_message import read_message
from services.discharge.usecases.resubmit_message import Bench, resubmit_message
from services.discharge.usecases.set_aside import set_aside

Take = Callable[[UnitOfWork, Incoming], Awaitable[Outcome]]
Answering = Callable[[Outcome], Said]

_TRIES = 3
"""The same message may come through another door at the same moment: what that wrote is there to be read then."""


def as_json(outcome: Outcome) -> dict[str, Any]:
    """What became of a message that was taken in again."""
    answer = outcome.answer
    return {
        "id": outcome.message_id,
        "received_at": outcome.received_at,
        "repeated": outcome.repeated,
        "answer": {
            "code": answer.code,
            "error": answer.error,
            "place": answer.place,
            "text": answer.text,
        },
    }


@dataclass(frozen=True)
class MendingDesk:
    """Where messages are taken in again."""

    database: Database
    bench: Bench
    readers: Readers

    async def resubmit(
        self,
        command: Command,
        actor: Actor,
        message_id: UUID,
        text: str,
        reason: str,
        answering: Answering = as_json,
    ) -> Response:
        """Take in what somebody made of a message. Raises `Refusal`."""
        async with self.database.reading() as connection:
            messages, reviews = self.bench.stores.messages, self.bench.reviews
            message = await read_message(connection, messages, message_id, own_of=None)
            stored = await reviews.body(connection, message_id) or b""
        dialect = message["dialect"]
        body = as_bytes(Mended(message_id, dialect, text, as_text(dialect, stored)[1]))
        mended = await self.readers.again(body, dialect, message_id, actor.ref)

        async def take(unit: UnitOfWork, incoming: Incoming) -> Outcome:
            return await resubmit_message(
                unit, self.bench, incoming, actor.ref, without_controls(reason).strip()
            )

        return await self._take(command, actor, mended, take, answering)

    async def accept(
        self,
        command: Command,
        actor: Actor,
        message_id: UUID,
        reason: str,
        answering: Answering = as_json,
    ) -> Response:
        """Take in, as it is, a message that shares its control id with another. Raises `Refusal`."""
        async with self.database.reading() as connection:
            messages, reviews = self.bench.stores.messages, self.bench.reviews
            message = await read_message(connection, messages, message_id, own_of=None)
            body = await reviews.body(connection, message_id) or b""
        dialect = message["dialect"]
        same = await self.readers.again(body, dialect, message_id, actor.ref)

        async def take(unit: UnitOfWork, incoming: Incoming) -> Outcome:
            return await accept_clash(
                unit, self.bench, incoming, actor.ref, without_controls(reason).strip()
            )

        return await self._take(command, actor, same, take, answering)

    async def set_aside(
        self,
        command: Command,
        actor: Actor,
        message_id: UUID,
        reason: str,
        answer: Said = None,
    ) -> Response:
        """Say that a refused message needs no mending. Raises `Refusal`."""

        async def work(unit: UnitOfWork) -> Said:
            messages, reviews = self.bench.stores.messages, self.bench.reviews
            await set_aside(
                unit, messages, reviews, message_id, actor.ref, without_controls(reason).strip()
            )
            return answer

        return await once(self.database, command, actor, work)

    async def _take(
        self, command: Command, actor: Actor, incoming: Incoming, take: Take, answering: Answering
    ) -> Response:
        outcomes: list[Outcome] = []

        async def work(unit: UnitOfWork) -> Said:
            outcomes[:] = [await take(unit, incoming)]
            return answering(outcomes[0])

        for _ in range(_TRIES - 1):
            with suppress(UniqueViolationError):
                answer = await once(self.database, command, actor, work)
                break
        else:
            answer = await once(self.database, command, actor, work)
        if outcomes:
            measures.count([incoming], outcomes)
        return answer
