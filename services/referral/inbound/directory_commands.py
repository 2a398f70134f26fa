"""The directory for other programs: who there is, whether it holds together, imports, and what teams can take on."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.access import Actor, Role, allow
from services.chassis.connection import Connection
from services.chassis.database import Database
from services.chassis.idempotency import Commanded, once
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.web import correlation
from services.referral.domain.calendars import local_date
from services.referral.domain.directory_check import Problem
from services.referral.domain.organisations import Capacity
from services.referral.domain.people import Person
from services.referral.domain.rules import Playbook
from services.referral.inbound.bodies import Body
from services.referral.inbound.requests import Member, Reader
from services.referral.usecases.directory_ports import Editions, Imports
from services.referral.usecases.directory_records import Kept, Published
from services.referral.usecases.import_directory import (
    ImportDesk,
    Looked,
    check_directory,
    import_directory,
    preview_import,
)
from services.referral.usecases.publish_capacity import publish_capacity

Operator = Annotated[Actor, allow(Role.OPERATOR)]
FileName = Annotated[str, Query(max_length=100, description="Tells CSV from JSON by its end")]


class Publishing(Body):
    state: str
    """`open`, `limited`, `full` or `closed`."""
    until: date | None = None
    """The last day for which it holds."""
    note: Annotated[str, Field(max_length=300)] = ""


@dataclass(frozen=True, slots=True)
class TeamShown:
    """A team as other programs read it."""

    id: str
    name: str
    organisation: str
    role: str
    place: str
    phone: str
    is_open: bool
    valid_from: date | None
    valid_until: date | None
    followed_by: str
    """Whom its work goes to once it has closed; empty: nobody, or it is open."""
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Registry:
    """What the doors of the directory need beside who comes in."""

    database: Database
    imports: Imports
    editions: Editions
    playbook: Playbook

    def desk(self, actor: Actor, request: Request) -> ImportDesk:
        """The desk of one person for one request."""
        rules = self.playbook.rules
        return ImportDesk(actor.ref, correlation(request), self.imports, self.editions, rules)

    async def publish(
        self, unit: UnitOfWork, actor: Actor, team: str, said: Publishing
    ) -> Published:
        """Let a team say how much it can take on."""
        return await publish_capacity(
            unit,
            Person(actor.ref, actor.teams),
            team,
            state=said.state,
            until=said.until,
            note=said.note,
            imports=self.imports,
            directory=self.playbook.directory,
        )


def directory_commands(registry: Registry) -> APIRouter:
    """Below `/directory`; what changes something takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/directory", tags=["directory"])

    @router.get("/teams")
    async def teams(
        _actor: Reader,
        place: Annotated[str, Query(max_length=40)] = "",
        role: Annotated[str, Query(max_length=40)] = "",
    ) -> list[TeamShown]:
        """Every team there is or was; `place` and `role` narrow it."""
        return [
            one
            for one in shown_teams(registry.playbook)
            if (not place or one.place == place) and (not role or one.role == role)
        ]

    @router.get("/imports")
    async def imports(_actor: Operator) -> list[Kept]:
        """Every import that was applied, the newest first, with what it said."""
        async with registry.database.reading() as connection:
            return await registry.imports.kept(connection)

    @router.get("/check")
    async def check(request: Request, actor: Operator) -> list[Problem]:
        """What does not hold together: circles, dead ends, roles that a place lacks."""
        async with registry.database.reading() as connection:
            today = await day_of(connection)
            return list(await check_directory(connection, registry.desk(actor, request), today))

    @router.post("/preview")
    async def preview(request: Request, actor: Operator, name: FileName) -> Looked:
        """What a file would change; nothing is changed. Send the file as the body."""
        entries = registry.editions.read(name, await request.body())
        async with registry.database.reading() as connection:
            today = await day_of(connection)
            return await preview_import(connection, registry.desk(actor, request), entries, today)

    @router.post("/imports")
    async def apply(
        request: Request,
        command: Commanded,
        actor: Operator,
        name: FileName,
        version: Annotated[int, Query(ge=0, description="As the preview said it")],
        note: Annotated[str, Query(max_length=300)] = "",
    ) -> Response:
        """Apply a file that was looked at; every process takes it up within seconds."""
        entries = registry.editions.read(name, await request.body())
        desk = registry.desk(actor, request)

        async def work(unit: UnitOfWork) -> dict[str, Any]:
            kept = await import_directory(unit, desk, entries, seen=version, note=note or name)
            return {
                "version": kept.version,
                "added": kept.added,
                "changed": kept.changed,
                "closed": kept.closed,
                "moved": kept.moved,
            }

        return await once(registry.database, command, actor, work)

    @router.post("/teams/{team}/capacity")
    async def capacity(team: str, body: Publishing, command: Commanded, actor: Member) -> Response:
        """Say how much your team can take on; who wants to refer sees it before they send."""

        async def work(unit: UnitOfWork) -> dict[str, Any]:
            said = await registry.publish(unit, actor, team, body)
            return {"team": said.team, "state": said.capacity.state, "until": said.capacity.until}

        return await once(registry.database, command, actor, work)

    return router


async def day_of(connection: Connection) -> date:
    """Today in England, on the database's clock."""
    return local_date(await connection.fetchval("SELECT clock_timestamp()"))


def shown_teams(playbook: Playbook) -> list[TeamShown]:
    """Every team by place and name."""
    directory = playbook.directory
    return [
        TeamShown(
            id=team.id,
            name=team.name,
            organisation=team.organisation,
            role=team.role,
            place=team.place,
            phone=team.phone,
            is_open=directory.is_open(team.id),
            valid_from=team.valid_from,
            valid_until=team.valid_until,
            followed_by=after.id if (after := directory.follower_of(team.id)) else "",
            capacity=directory.capacity_of(team.id),
        )
        for team in sorted(directory.teams.values(), key=lambda one: (one.place, one.name))
    ]
