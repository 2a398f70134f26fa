"""The operator page: overview, what waits behind a key, one journey."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role, allow
from services.chassis.pages import Pages
from services.chassis.sessions import DemoPerson
from services.chassis.web import Place, create_app
from services.console.page.config import ConsoleSettings
from services.console.page.discard_pages import discard_pages
from services.console.page.presenter import parked_record, parked_rows, service_row
from services.console.page.services import Services

Operator = Annotated[Actor, allow(Role.OPERATOR)]
PEOPLE = (DemoPerson("op-01", "Robin Ashe", "*", (Role.OPERATOR,), team_name="Operators"),)
_NAVIGATION = (Place("Services", "/"), Place("One journey", "/journey"))


def build(settings: ConsoleSettings, transport: httpx2.AsyncBaseTransport | None = None) -> FastAPI:
    """The page as an application; `transport` stands in for the network in tests."""
    app = create_app(
        "console",
        settings,
        "Baton for operators",
        demo_people=() if settings.live else PEOPLE,
        navigation=_NAVIGATION,
    )
    services = Services(settings.services, settings.operator_token.get_secret_value(), transport)
    pages = Pages(Path(__file__).parent / "templates")

    @app.get("/", include_in_schema=False)
    async def overview(
        request: Request,
        _: Operator,
        handled: int = -1,
        left: int = 0,
        discarded: bool = False,
    ) -> HTMLResponse:
        answers = await services.overview()
        notice = f"{handled} went through, {left} still wait." if handled >= 0 else None
        if notice and discarded:
            notice = f"The record was given up. Of those behind it {notice}"
        return pages.render(
            request,
            "overview.html",
            services=[service_row(answer) for answer in answers],
            parked=parked_rows(answers),
            notice=notice,
        )

    @app.get("/parked/{service}/{parked_id}", include_in_schema=False)
    async def parked(request: Request, _: Operator, service: str, parked_id: UUID) -> HTMLResponse:
        records = await services.parked_records(service, parked_id)
        return pages.render(
            request,
            "parked.html",
            service=service,
            parked_id=parked_id,
            records=[parked_record(each) for each in records],
        )

    @app.post("/parked/{service}/{parked_id}/release", include_in_schema=False)
    async def release(_: Operator, service: str, parked_id: UUID) -> Response:
        handled, left = await services.release(service, parked_id)
        return RedirectResponse(f"/?handled={handled}&left={left}", 303)

    app.include_router(discard_pages(services, pages))

    @app.get("/journey", include_in_schema=False)
    async def journey(request: Request, _: Operator, reference: str = "") -> HTMLResponse:
        return pages.render(request, "journey.html", **await _journey(services, reference))

    return app


async def _journey(services: Services, reference: str) -> dict[str, Any]:
    """What the page of one journey shows for the reference that was typed in."""
    if not reference:
        return {"reference": ""}
    try:
        answers = await services.trace(UUID(reference.strip()))
    except ValueError:
        fault = "Enter a reference as pages and logs show it, for example 01234567-89ab-7cde-8f01-23456789abcd"
        return {"reference": reference, "fault": {"reference": fault}}
    rows = [row for answer in answers for row in answer.said or ()]
    rows.sort(key=lambda row: (row["recorded_at"], row["stream"], row["sequence"]))
    silent = [answer.service for answer in answers if answer.said is None]
    return {"reference": reference, "rows": rows, "silent": silent, "asked": True}
