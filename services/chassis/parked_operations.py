"""What an operator may see of parked records, and decide about them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints

from services.chassis import parking
from services.chassis.access import Actor, Role, allow
from services.chassis.consumer import Consumer
from services.chassis.database import Database
from services.chassis.discarding import discard, meaning, no_such_record
from services.chassis.log import get_logger

Operator = Annotated[Actor, allow(Role.OPERATOR)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
_log = get_logger()


class Decided(BaseModel):
    """Who gives up a record, and why. Their words stay in the table: name nobody whom it is about."""

    by: Words
    reason: Words


def parked_operations(database: Database, consumer: Consumer | None) -> APIRouter:
    """The routes below /operations/parked."""
    router = APIRouter(prefix="/parked", dependencies=[allow(Role.OPERATOR)])

    @router.get("")
    async def parked() -> list[dict[str, Any]]:
        async with database.reading() as connection:
            return [shown(key) for key in await parking.parked_keys(connection)]

    @router.get("/discarded")
    async def discarded() -> list[dict[str, Any]]:
        async with database.reading() as connection:
            return await parking.discarded(connection)

    @router.get("/{parked_id}")
    async def show(parked_id: UUID) -> dict[str, Any]:
        async with database.reading() as connection:
            rows = await parking.describe(connection, parked_id)
        if not rows:
            raise no_such_record()
        return {"records": rows}

    @router.post("/{parked_id}/release")
    async def release(parked_id: UUID, actor: Operator) -> dict[str, Any]:
        async with database.reading() as connection:
            place = await parking.place_of(connection, parked_id)
        if place is None or consumer is None:
            raise no_such_record()
        handled = await consumer.release(*place, by=actor.ref)
        async with database.reading() as connection:
            left = await parking.still_waiting(connection, *place)
        _log.info("parked.released", by=actor.ref, handled=handled, left=left)
        return {"handled": handled, "left": left}

    @router.post("/{parked_id}/discard")
    async def give_up(parked_id: UUID, decided: Decided, actor: Operator) -> dict[str, Any]:
        if consumer is None:
            raise no_such_record()
        async with database.unit_of_work() as unit:
            by = f"{decided.by} ({actor.ref})"
            handled, left = await discard(unit, consumer, parked_id, by=by, because=decided.reason)
        _log.warning(
            "parked.discarded", by=actor.ref, parked_id=str(parked_id), handled=handled, left=left
        )
        return {"handled": handled, "left": left}

    return router


def shown(key: parking.ParkedKey) -> dict[str, Any]:
    """A key as operators' programs get it."""
    return {
        "parked_id": key.parked_id,
        "topic": key.topic,
        "key": key.key,
        "reason": key.reason,
        "error": key.error,
        "since": key.since,
        "records": key.records,
        "discarding": meaning(key),
    }
