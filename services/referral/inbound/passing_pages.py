"""Passing an offer or a task on, and taking up a closed task, in a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor
from services.chassis.errors import Refusal
from services.chassis.pages import Pages
from services.referral.domain import reasons
from services.referral.domain.errors import NotFound
from services.referral.inbound.desks import Act, Desks, Errand, MemberErrand
from services.referral.inbound.requests import Member, teams_of
from services.referral.inbound.worklist_cards import person_card
from services.referral.usecases.hand_on_task import hand_on_task
from services.referral.usecases.ports import Views
from services.referral.usecases.records import Changed
from services.referral.usecases.redirect_offer import redirect_offer, was_redirected
from services.referral.usecases.reopen_task import reopen_task

Typed = Annotated[str, Form(max_length=80)]
_REASONS: Mapping[str, Mapping[str, str]] = {
    "redirect": reasons.REDIRECT,
    "hand-on": {code: reasons.OFFER[code] for code in ("handed-on", *reasons.REDIRECT)},
    "reopen": reasons.REOPEN,
}
_FIELDS = {
    "team.unknown": "to",
    "team.same": "to",
    "referral.service_does_not_suit": "to",
    "offer.reason_unknown": "reason",
}
"""The field that a refusal is about; any other is a page of its own."""


@dataclass(frozen=True, slots=True)
class _Forms:
    """A form about an offer or a task: shown, sent, and shown again with what was wrong."""

    desks: Desks
    views: Views
    pages: Pages

    async def show(
        self,
        what: str,
        subject_id: UUID,
        request: Request,
        actor: Actor,
        given: Mapping[str, str],
        refusal: Refusal | None = None,
    ) -> HTMLResponse:
        see = self.views.offer if what == "redirect" else self.views.task
        async with self.desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            subject: Any = await see(connection, subject_id, teams_of(actor))
        if subject is None:
            raise NotFound("offer" if what == "redirect" else "task")
        team = subject.team if what == "redirect" else subject.owner_team
        directory = self.desks.playbook.directory
        others = sorted((one.name, one.id) for one in directory.teams.values() if one.id != team)
        return self.pages.render(
            request,
            "pass-on.html",
            fault={_FIELDS[refusal.code]: refusal.sentence} if refusal else {},
            what=what,
            person=person_card(subject.person, now),
            titles=subject.titles if what == "redirect" else [subject.name],
            team=directory.name_of(team),
            others=others,
            reasons=_REASONS[what],
            handover=f"/worklist/handovers/{subject.handover_id}",
            here=request.url.path,
            given=given,
        )

    async def send(
        self,
        what: str,
        subject_id: UUID,
        errand: Errand,
        do: Act,
        given: Mapping[str, str],
    ) -> Response:
        try:
            return await self.desks.act(errand, do, answer=lambda change: _answer(what, change))
        except Refusal as refusal:
            if refusal.code not in _FIELDS:
                raise
            return await self.show(what, subject_id, errand.request, errand.actor, given, refusal)


def passing_pages(desks: Desks, views: Views, pages: Pages) -> APIRouter:
    """`/worklist/offers/{id}/redirect`, `/worklist/tasks/{id}/hand-on` and `/worklist/tasks/{id}/reopen`."""
    router = APIRouter(prefix="/worklist", include_in_schema=False)
    forms = _Forms(desks, views, pages)

    @router.get("/offers/{offer_id}/redirect")
    async def ask_redirect(offer_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        return await forms.show("redirect", offer_id, request, actor, {})

    @router.post("/offers/{offer_id}/redirect")
    async def redirect(
        offer_id: UUID,
        errand: MemberErrand,
        to: Typed = "",
        reason: Typed = "",
    ) -> Response:
        def do(unit: Any, desk: Any) -> Any:
            return redirect_offer(unit, desk, offer_id, team=to, reason=reason)

        return await forms.send("redirect", offer_id, errand, do, {"to": to, "reason": reason})

    @router.get("/tasks/{task_id}/hand-on")
    async def ask_hand_on(task_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        return await forms.show("hand-on", task_id, request, actor, {})

    @router.post("/tasks/{task_id}/hand-on")
    async def hand_on(
        task_id: UUID,
        errand: MemberErrand,
        to: Typed = "",
        reason: Typed = "",
    ) -> Response:
        def do(unit: Any, desk: Any) -> Any:
            return hand_on_task(unit, desk, task_id, team=to, reason=reason)

        return await forms.send("hand-on", task_id, errand, do, {"to": to, "reason": reason})

    @router.get("/tasks/{task_id}/reopen")
    async def ask_reopen(task_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        return await forms.show("reopen", task_id, request, actor, {})

    @router.post("/tasks/{task_id}/reopen")
    async def reopen(task_id: UUID, errand: MemberErrand, reason: Typed = "") -> Response:
        def do(unit: Any, desk: Any) -> Any:
            return reopen_task(unit, desk, task_id, reason=reason)

        return await forms.send("reopen", task_id, errand, do, {"reason": reason})

    return router


def _answer(what: str, change: Changed) -> Response:
    done = "reopened" if what == "reopen" else "passed-on"
    if what == "redirect" and not was_redirected(change):
        done = "too-often"
    address = f"/worklist/handovers/{change.whole.handover.handover_id}?done={done}"
    return RedirectResponse(address, 303)
