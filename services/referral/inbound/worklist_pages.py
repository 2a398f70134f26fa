"""The worklist: what waits for the teams of the signed-in person, most urgent first."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.access import Actor, Role
from services.chassis.database import Database
from services.chassis.pages import Pages
from services.referral.domain.directory import Directory
from services.referral.inbound.requests import Reader, read_cursor, teams_of, write_cursor
from services.referral.inbound.worklist_cards import offer_card, task_row
from services.referral.usecases.ports import Views
from services.referral.usecases.views import Filters

PER_PAGE = 25
WAITING = "/worklist/waiting"
NOTICES: Mapping[str, str] = {
    "declined": "You declined the offer. The sender stays accountable and has been told why.",
    "completed": "The task is done.",
    "failed": "You said that the task cannot be done. The coordinator has been given a task to decide what next.",
}

Team = Annotated[str, Query(max_length=60)]
Cursor = Annotated[str, Query(max_length=200)]


def worklist_pages(
    database: Database, views: Views, directory: Directory, pages: Pages
) -> APIRouter:
    """`/` and what waits for others."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def worklist(
        request: Request, actor: Reader, team: Team = "", after: Cursor = "", done: str = ""
    ) -> HTMLResponse:
        filters = Filters(
            teams=_narrowed(actor, team),
            after=read_cursor(after) if after else None,
            limit=PER_PAGE + 1,
        )
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            offers = [] if after else await views.worklist_offers(connection, filters)
            tasks = await views.worklist_tasks(connection, filters)
        teams = _teams(actor, directory)
        mine = teams[0][0] if len(teams) == 1 else ""
        shown = tasks[:PER_PAGE]
        more = write_cursor(shown[-1].due_at, shown[-1].task_id) if len(tasks) > PER_PAGE else ""
        return pages.render(
            request,
            "worklist.html",
            offers=[offer_card(offer, directory, now) for offer in offers[:PER_PAGE]],
            more_offers=len(offers) > PER_PAGE,
            tasks=[task_row(task, directory, now, mine) for task in shown],
            late=sum(task.late for task in shown),
            teams=teams,
            team=team,
            here=_address("/", team=team, after=after),
            first=_address("/", team=team) if after else "",
            more=_address("/", team=team, after=more) if more else "",
            may_act=Role.TEAM in actor.roles,
            notice=NOTICES.get(done),
        )

    @router.get(WAITING)
    async def waiting(
        request: Request, actor: Reader, team: Team = "", after: Cursor = ""
    ) -> HTMLResponse:
        filters = Filters(
            teams=_narrowed(actor, team),
            after=read_cursor(after) if after else None,
            limit=PER_PAGE + 1,
        )
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            offers = await views.waiting_for_others(connection, filters)
        shown = offers[:PER_PAGE]
        more = write_cursor(shown[-1].due_at, shown[-1].offer_id) if len(offers) > PER_PAGE else ""
        return pages.render(
            request,
            "waiting.html",
            offers=[offer_card(offer, directory, now) for offer in shown],
            teams=_teams(actor, directory),
            team=team,
            here=_address(WAITING, team=team, after=after),
            first=_address(WAITING, team=team) if after else "",
            more=_address(WAITING, team=team, after=more) if more else "",
        )

    return router


def _narrowed(actor: Actor, team: str) -> frozenset[str] | None:
    """One of somebody's teams, if they chose one; another team's name shows nothing."""
    mine = teams_of(actor)
    if not team:
        return mine
    return frozenset({team}) if mine is None else mine & {team}


def _teams(actor: Actor, directory: Directory) -> list[tuple[str, str]]:
    mine = teams_of(actor)
    ids = directory.teams if mine is None else mine
    return sorted(
        ((team, directory.name_of(team)) for team in ids), key=lambda entry: entry[1].lower()
    )


def _address(path: str, **parameters: str) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
