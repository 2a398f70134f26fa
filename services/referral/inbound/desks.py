"""From a request to the desk that its act is done at, and from the act to its answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.access import Actor
from services.chassis.database import Database
from services.chassis.idempotency import Command, Commanded, once
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.web import correlation
from services.referral.domain.people import Person
from services.referral.domain.rules import Playbook
from services.referral.inbound.requests import Member
from services.referral.inbound.said import said
from services.referral.usecases.acting import Desk
from services.referral.usecases.ports import Handovers
from services.referral.usecases.records import Changed

Act = Callable[[UnitOfWork, Desk], Awaitable[Changed]]


@dataclass(frozen=True, slots=True)
class Errand:
    """A request of somebody who came to do something: who they are, and the command in it."""

    request: Request
    command: Command
    actor: Actor


async def read_errand(request: Request, command: Commanded, actor: Member) -> Errand:
    """The errand of a member of a team."""
    return Errand(request, command, actor)


MemberErrand = Annotated[Errand, Depends(read_errand)]


@dataclass(frozen=True, slots=True)
class Desks:
    """What every act needs beside who acts."""

    database: Database
    handovers: Handovers
    playbook: Playbook

    def of(self, actor: Actor, request: Request) -> Desk:
        """The desk of one person for one request."""
        person = Person(actor.ref, actor.teams)
        return Desk(person, correlation(request), self.handovers, self.playbook)

    async def act(
        self,
        errand: Errand,
        do: Act,
        *,
        answer: Callable[[Changed], Response] | None = None,
    ) -> Response:
        """Do something once, and answer what happened: as JSON, unless `answer` says otherwise."""
        desk = self.of(errand.actor, errand.request)

        async def work(unit: UnitOfWork) -> Response | dict[str, Any]:
            change = await do(unit, desk)
            return answer(change) if answer else said(change)

        return await once(self.database, errand.command, errand.actor, work)
