"""The directory in a browser: every team there is or was, by area."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.access import Role
from services.chassis.pages import Pages
from services.referral.domain.organisations import OPEN
from services.referral.inbound.directory_commands import Registry, day_of, shown_teams
from services.referral.inbound.directory_team_pages import CAPACITY, DIRECTORY
from services.referral.inbound.requests import Reader
from services.referral.inbound.words import ROLES
from services.referral.usecases.import_directory import check_directory

_DONE = {"imported": "The directory was changed. Every service takes it up within seconds."}


def directory_pages(registry: Registry, pages: Pages) -> APIRouter:
    """`/directory`."""
    router = APIRouter(prefix=DIRECTORY, include_in_schema=False)
    playbook = registry.playbook

    @router.get("")
    async def who_there_is(request: Request, actor: Reader, done: str = "") -> HTMLResponse:
        operates = Role.OPERATOR in actor.roles
        async with registry.database.reading() as connection:
            today = await day_of(connection)
            said = await registry.imports.capacities(connection)
            kept = await registry.imports.kept(connection) if operates else []
            desk = registry.desk(actor, request)
            problems = await check_directory(connection, desk, today) if operates else ()
        places: dict[str, list[Any]] = {}
        for one in shown_teams(playbook):
            shown = replace(one, capacity=said.get(one.id, OPEN)) if one.is_open else one
            places.setdefault(one.place, []).append(shown)
        return pages.render(
            request,
            "directory.html",
            places=places,
            roles=ROLES,
            organisations=playbook.directory.name_of_organisation,
            name_of=playbook.directory.name_of,
            operates=operates,
            kept=kept,
            problems=problems,
            capacity=CAPACITY,
            notice=_DONE.get(done, ""),
        )

    return router
