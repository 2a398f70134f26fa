"""A team's own page: what the directory says of it, and what it says of its load."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role
from services.chassis.idempotency import Commanded, once
from services.chassis.pages import Pages
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.directory_errors import CapacityRefused
from services.referral.domain.errors import NotFound
from services.referral.domain.organisations import OPEN, Team
from services.referral.inbound.directory_commands import Publishing, Registry
from services.referral.inbound.requests import Member, Reader
from services.referral.inbound.words import ROLES

DIRECTORY = "/directory"
CAPACITY: Mapping[str, str] = {
    "open": "We take people as usual",
    "limited": "We take people, and they wait longer than usual",
    "full": "We take nobody new",
    "closed": "We are closed to referrals",
}
_DONE = {"capacity": "Others see now how much your team can take on."}


def directory_team_pages(registry: Registry, pages: Pages) -> APIRouter:
    """Below `/directory/team/{id}`."""
    router = APIRouter(prefix=DIRECTORY, include_in_schema=False)
    playbook = registry.playbook

    @router.get("/team/{team_id}")
    async def own_page(
        team_id: str, request: Request, actor: Reader, done: str = ""
    ) -> HTMLResponse:
        return await team_page(team_id, request, actor, notice=_DONE.get(done, ""))

    @router.post("/team/{team_id}")
    async def say_capacity(
        team_id: str,
        request: Request,
        command: Commanded,
        actor: Member,
        state: Annotated[str, Form(max_length=20)] = "",
        until: Annotated[str, Form(max_length=10)] = "",
        note: Annotated[str, Form(max_length=300)] = "",
    ) -> Response:
        try:
            said = Publishing(state=state, until=_day(until), note=note)

            async def work(unit: UnitOfWork) -> Response:
                await registry.publish(unit, actor, team_id, said)
                return RedirectResponse(f"{DIRECTORY}/team/{team_id}?done=capacity", 303)

            return await once(registry.database, command, actor, work)
        except CapacityRefused as refusal:
            return await team_page(team_id, request, actor, fault={"state": refusal.sentence})

    async def team_page(
        team_id: str, request: Request, actor: Actor, **values: Any
    ) -> HTMLResponse:
        directory = playbook.directory
        team = directory.teams.get(team_id)
        if team is None:
            raise NotFound("team")
        async with registry.database.reading() as connection:
            capacity = (await registry.imports.capacities(connection)).get(team_id, OPEN)
        after = directory.follower_of(team_id)
        return pages.render(
            request,
            "directory_team.html",
            team=team,
            role=ROLES.get(team.role, team.role.replace("-", " ")),
            organisation=directory.name_of_organisation(team.organisation),
            lacks=_lacks(team, registry),
            is_open=directory.is_open(team_id),
            after=after.name if after else "",
            capacity=capacity,
            choices=CAPACITY,
            mine=actor.serves(team_id) and Role.TEAM in actor.roles,
            **values,
        )

    return router


def _lacks(team: Team, registry: Registry) -> tuple[str, ...]:
    directory = registry.playbook.directory
    owner = directory.organisations.get(team.organisation)
    return owner.not_trusted(directory.day) if owner else ()


def _day(text: str) -> date | None:
    """Raises `CapacityRefused`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CapacityRefused from None
