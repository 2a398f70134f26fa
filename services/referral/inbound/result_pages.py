"""The register of missing results, and the form that says that one is missing, in a browser."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.errors import Refusal
from services.referral.inbound.desks import MemberErrand
from services.referral.inbound.handover_page import HandoverPage
from services.referral.inbound.requests import Reader, read_place, write_place
from services.referral.inbound.result_cards import result_row
from services.referral.inbound.worklist_pages import Cursor, Team, narrowed, team_choices
from services.referral.usecases.expect_result import expect_result
from services.referral.usecases.result_views import RegisterAsked

RESULTS = "/worklist/results"
Typed = Annotated[str, Form(max_length=400)]
Digits = Annotated[str, Form(max_length=20)]
_NO_DAY = "result.no_day"
_FIELDS: Mapping[str, str] = {
    "result.test_unclear": "test",
    "result.ordered_elsewhere": "ordered_by",
    "result.day_unlikely": "expected-day",
    _NO_DAY: "expected-day",
}
"""The field that a refusal is about."""


def result_pages(page: HandoverPage) -> APIRouter:
    """`/worklist/results`, and `POST /worklist/handovers/{id}/results`."""
    router = APIRouter(prefix="/worklist", include_in_schema=False)
    desks = page.desks
    directory = desks.playbook.directory

    @router.get("/results")
    async def register(
        request: Request, actor: Reader, team: Team = "", after: Cursor = ""
    ) -> HTMLResponse:
        place = read_place(after) if after else None
        asked = RegisterAsked(narrowed(actor, team), place)
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            found = await page.register.page(connection, asked)
        more = write_place(found.next) if found.next else ""
        return page.pages.render(
            request,
            "results.html",
            rows=[result_row(task, directory, now, actor) for task in found.tasks],
            teams=team_choices(actor, directory),
            team=team,
            here=_address(team, after),
            first=_address(team) if after else "",
            more=_address(team, more) if more else "",
        )

    @router.post("/handovers/{handover_id}/results")
    async def expect(
        handover_id: UUID,
        errand: MemberErrand,
        test: Typed = "",
        ordered_by: Typed = "",
        day: Digits = "",
        month: Digits = "",
        year: Digits = "",
    ) -> Response:
        address = f"/worklist/handovers/{handover_id}?done=expected"
        try:
            expected_on = _read_day(day, month, year)
            return await desks.act(
                errand,
                lambda unit, desk: expect_result(
                    unit,
                    desk,
                    handover_id,
                    test=test,
                    ordered_by=ordered_by,
                    expected_on=expected_on,
                ),
                answer=lambda _: RedirectResponse(address, 303),
            )
        except Refusal as refusal:
            if refusal.code not in _FIELDS:
                raise
            return await page.show(
                handover_id,
                errand.request,
                errand.actor,
                fault={_FIELDS[refusal.code]: refusal.sentence},
                given={
                    "test": test,
                    "ordered_by": ordered_by,
                    "day": day,
                    "month": month,
                    "year": year,
                },
            )

    return router


def _read_day(day: str, month: str, year: str) -> date | None:
    typed = [part.strip() for part in (day, month, year)]
    if not any(typed):
        return None
    try:
        return date(int(typed[2]), int(typed[1]), int(typed[0]))
    except ValueError:
        sentence = "Give the day as in 24 11 2026, or leave it empty if nobody knows."
        raise Refusal(_NO_DAY, "refused", sentence) from None


def _address(team: str, after: str = "") -> str:
    given = {name: value for name, value in (("team", team), ("after", after)) if value}
    return f"{RESULTS}?{urlencode(given)}" if given else RESULTS
