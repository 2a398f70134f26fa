"""What an operator may have said again."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from services.chassis import replay
from services.chassis.access import Actor, Role, allow
from services.chassis.database import Database
from services.chassis.log import get_logger

Operator = Annotated[Actor, allow(Role.OPERATOR)]
_log = get_logger()


class Again(BaseModel):
    """Which events are to be published again."""

    since: AwareDatetime
    until: AwareDatetime | None = None
    """Now, where it is left out; the count says it, so that what is said meanwhile is not said twice."""
    stream: str | None = None
    after: UUID | None = None
    """The last that was put on the list by the call before."""

    def wanted(self, now: datetime) -> replay.Wanted:
        """The same, for the outbox."""
        return replay.Wanted(self.since, self.until or now, self.stream)


def replay_operations(database: Database) -> APIRouter:
    """The routes below /operations/replay."""
    router = APIRouter(prefix="/replay", dependencies=[allow(Role.OPERATOR)])

    @router.post("/count")
    async def count(asked: Again) -> dict[str, Any]:
        async with database.unit_of_work() as unit:
            wanted = asked.wanted(unit.now)
            events = await replay.count(unit.connection, wanted)
        return {"events": events, "until": wanted.until}

    @router.post("")
    async def say_again(asked: Again, actor: Operator) -> dict[str, Any]:
        async with database.unit_of_work() as unit:
            wanted = asked.wanted(unit.now)
            events, last = await replay.say_again(unit.connection, wanted, asked.after)
        _log.warning("outbox.said_again", by=actor.ref, events=events)
        return {"events": events, "last": last}

    return router
