"""The patient's private page: /p/<token>."""

import time
from typing import Annotated, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from services.chassis.access import Actor, Role, allow
from services.chassis.database import Database
from services.chassis.metrics import Children, counter
from services.chassis.pages import Pages
from services.notify.inbound.guessing import WINDOW_SECONDS, Guessing
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Stores
from services.notify.usecases.read_patient_page import PatientPage, read_patient_page

Holder = Annotated[Actor, allow(Role.PATIENT_LINK, Role.PUBLIC)]
_STATUS: Final = {"open": 200, "changed": 200, "closed": 410, "unknown": 404, "too-many": 429}
_LONGEST_TOKEN: Final = 100
_OPENED = Children(
    counter("baton_notify_private_links_total", "Private links opened, by answer", ("answer",))
)


def patient_page(database: Database, stores: Stores, desk: Desk, pages: Pages) -> APIRouter:
    """The route. The token is the key: whoever holds it is let in, so it stands in no log and in no other address."""
    router = APIRouter(include_in_schema=False)
    guessing = Guessing()

    async def look(token: str, client: str) -> tuple[str, PatientPage]:
        now = time.monotonic()
        if guessing.must_wait(client, now):
            return "too-many", PatientPage("unknown", desk.help)
        found = PatientPage("unknown", desk.help)
        if len(token) <= _LONGEST_TOKEN:
            async with database.reading() as connection:
                moment = await connection.fetchval("SELECT clock_timestamp()")
                found = await read_patient_page(connection, token, moment, stores, desk)
        if found.access == "unknown":
            guessing.note_miss(client, now)
        return found.access, found

    @router.get("/p/{token}")
    async def show(request: Request, token: str, _: Holder) -> HTMLResponse:
        client = request.client.host if request.client else "unknown"
        answer, page = await look(token, client)
        _OPENED[answer].inc()
        template = "plan.html" if answer == "open" else "no-plan.html"
        response = pages.render(
            request, template, status=_STATUS[answer], page=page, answer=answer, help=desk.help
        )
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if answer == "too-many":
            response.headers["Retry-After"] = str(int(WINDOW_SECONDS))
        return response

    return router
