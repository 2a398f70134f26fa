"""The inbox of a team: what it should know, what wants attention first."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role, allow
from services.chassis.database import Database
from services.chassis.idempotency import Commanded, once
from services.chassis.pages import Pages
from services.chassis.unit_of_work import UnitOfWork
from services.notify.inbound.presenters import present
from services.notify.usecases.acknowledge_alert import acknowledge_alert
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Stores
from services.notify.usecases.read_alerts import read_alerts

INBOX: Final = "/alerts-inbox"
PER_PAGE: Final = 25
Member = Annotated[Actor, allow(Role.TEAM)]


def inbox_pages(database: Database, stores: Stores, desk: Desk, pages: Pages) -> APIRouter:
    """The pages, below `/alerts-inbox`; the front page leads there."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def front(_: Member) -> Response:
        return RedirectResponse(INBOX, 303)

    @router.get(INBOX)
    async def inbox(
        request: Request, actor: Member, page: Annotated[int, Query(ge=1, le=10_000)] = 1
    ) -> HTMLResponse:
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            views = await read_alerts(
                connection,
                actor,
                stores,
                team=None,
                limit=PER_PAGE + 1,
                offset=(page - 1) * PER_PAGE,
            )
            named = {team for view in views for team in (view.team, view.about_team)}
            informed = desk.knowing(await stores.teams.find(connection, named))
        cards = [present(view, informed, now) for view in views[:PER_PAGE]]
        return pages.render(
            request,
            "alerts-inbox.html",
            cards=cards,
            here=f"{INBOX}?page={page}",
            earlier=f"{INBOX}?page={page - 1}" if page > 1 else "",
            later=f"{INBOX}?page={page + 1}" if len(views) > PER_PAGE else "",
        )

    @router.post(f"{INBOX}/{{alert_id}}/acknowledge")
    async def acknowledge(alert_id: UUID, command: Commanded, actor: Member) -> Response:
        async def work(unit: UnitOfWork) -> Response:
            await acknowledge_alert(alert_id, actor, unit, stores)
            return RedirectResponse(INBOX, 303)

        return await once(database, command, actor, work)

    return router
