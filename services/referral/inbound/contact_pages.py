"""Naming the patient's contact, and saying what happened, in a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor
from services.chassis.errors import Refusal
from services.chassis.pages import Pages
from services.referral.domain.calendars import LONDON
from services.referral.domain.errors import NotFound
from services.referral.inbound.desks import Act, Desks, Errand, MemberErrand
from services.referral.inbound.requests import Member, teams_of
from services.referral.inbound.sayings import sayable_here
from services.referral.inbound.worklist_cards import person_card
from services.referral.usecases.happen import report_happening
from services.referral.usecases.name_coordinator import name_coordinator
from services.referral.usecases.ports import Views

Typed = Annotated[str, Form(max_length=80)]
_WHEN = "Give the date and time as in 24/11/2026 09:30, or leave it empty for now"
_FIELDS = {
    "team.not_in_handover": "team",
    "coordinator.incomplete": "name",
    "happening.unknown": "code",
    "happening.in_future": "happened",
    "happening.bad_time": "happened",
}
"""The field that a refusal is about."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """A form about a handover: shown, sent, and shown again with what was wrong."""

    desks: Desks
    views: Views
    pages: Pages

    async def show(
        self,
        template: str,
        handover_id: UUID,
        request: Request,
        actor: Actor,
        given: Mapping[str, str],
        refusal: Refusal | None = None,
    ) -> HTMLResponse:
        async with self.desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            whole = await self.views.whole(connection, handover_id, teams_of(actor))
        if whole is None:
            raise NotFound("handover")
        asked = (each.team for each in whole.offers if each.state in ("offered", "accepted"))
        parts = dict.fromkeys((whole.sender_team, whole.coordinator_team, *asked))
        playbook = self.desks.playbook
        return self.pages.render(
            request,
            template,
            fault={_FIELDS[refusal.code]: refusal.sentence} if refusal else {},
            person=person_card(whole.person, now),
            handover=f"/worklist/handovers/{handover_id}",
            teams=[(team, playbook.directory.name_of(team)) for team in parts],
            happenings=sayable_here(whole, actor, playbook),
            given=given,
        )

    async def send(
        self,
        template: str,
        handover_id: UUID,
        errand: Errand,
        do: Act,
        done: str,
        given: Mapping[str, str],
    ) -> Response:
        address = f"/worklist/handovers/{handover_id}?done={done}"
        try:
            return await self.desks.act(errand, do, answer=lambda _: RedirectResponse(address, 303))
        except Refusal as refusal:
            if refusal.code not in _FIELDS:
                raise
            return await self.show(
                template, handover_id, errand.request, errand.actor, given, refusal
            )


def contact_pages(desks: Desks, views: Views, pages: Pages) -> APIRouter:
    """`/worklist/handovers/{id}/coordinator` and `/happenings`."""
    router = APIRouter(prefix="/worklist/handovers/{handover_id}", include_in_schema=False)
    forms = _Forms(desks, views, pages)

    @router.get("/coordinator")
    async def ask_whom(handover_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        return await forms.show("coordinator.html", handover_id, request, actor, {})

    @router.post("/coordinator")
    async def name(
        handover_id: UUID,
        errand: MemberErrand,
        team: Typed = "",
        name: Typed = "",
        phone: Typed = "",
    ) -> Response:
        return await forms.send(
            "coordinator.html",
            handover_id,
            errand,
            lambda unit, desk: name_coordinator(
                unit, desk, handover_id, team=team, name=name, phone=phone
            ),
            "named",
            {"team": team, "name": name, "phone": phone},
        )

    @router.get("/happenings")
    async def ask_what(handover_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        return await forms.show("happening.html", handover_id, request, actor, {})

    @router.post("/happenings")
    async def report(
        handover_id: UUID,
        errand: MemberErrand,
        code: Typed = "",
        happened: Typed = "",
    ) -> Response:
        return await forms.send(
            "happening.html",
            handover_id,
            errand,
            lambda unit, desk: report_happening(
                unit, desk, handover_id, code=code, happened_at=_read_time(happened)
            ),
            "reported",
            {"code": code, "happened": happened},
        )

    return router


def _read_time(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    try:
        return datetime.strptime(typed.strip(), "%d/%m/%Y %H:%M").replace(tzinfo=LONDON)
    except ValueError:
        raise Refusal("happening.bad_time", "refused", _WHEN) from None
