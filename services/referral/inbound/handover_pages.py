"""The page of a handover, and the forms that complete and withdraw it."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.referral.domain import reasons
from services.referral.domain.errors import ReasonUnknown
from services.referral.inbound.desks import MemberErrand
from services.referral.inbound.handover_page import HandoverPage
from services.referral.inbound.requests import Member, Reader
from services.referral.inbound.worklist_cards import person_card
from services.referral.usecases.complete_handover import complete_handover
from services.referral.usecases.withdraw_handover import withdraw_handover

NOTICES: Mapping[str, str] = {
    "accepted": "Your team has accepted and is now accountable for these tasks.",
    "completed": "The task is done.",
    "failed": "You said that the task cannot be done. The coordinator has been given a task to decide what next.",
    "closed": "The handover is complete.",
    "passed-on": "It was passed on. Your team stays accountable until the other team accepts.",
    "too-often": "This was passed on twice already, so it stays where it is. A clinical lead has a task to decide.",
    "named": "The patient is told who their contact is.",
    "expected": "The result is on the list of the team that ordered it, until somebody has read it or another team accepts it.",
    "reported": "It is noted, and the tasks and deadlines that follow from it are set.",
    "reopened": "The task was taken up again.",
    "withdrawn": "The handover is withdrawn. Everyone who was told is told to stop.",
}


def handover_pages(page: HandoverPage) -> APIRouter:
    """Below `/worklist/handovers/{id}`."""
    router = APIRouter(prefix="/worklist/handovers/{handover_id}", include_in_schema=False)
    desks = page.desks

    @router.get("")
    async def show(
        handover_id: UUID, request: Request, actor: Reader, done: str = ""
    ) -> HTMLResponse:
        return await page.show(handover_id, request, actor, notice=NOTICES.get(done))

    @router.post("/complete")
    async def complete(handover_id: UUID, errand: MemberErrand) -> Response:
        return await desks.act(
            errand,
            lambda unit, desk: complete_handover(unit, desk, handover_id),
            answer=lambda _: _page_of(handover_id, "closed"),
        )

    @router.get("/withdraw")
    async def ask(handover_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        return await _withdrawal(handover_id, request, actor)

    @router.post("/withdraw")
    async def withdraw(
        handover_id: UUID,
        errand: MemberErrand,
        reason: Annotated[str, Form(max_length=60)] = "",
    ) -> Response:
        try:
            return await desks.act(
                errand,
                lambda unit, desk: withdraw_handover(unit, desk, handover_id, reason=reason),
                answer=lambda _: _page_of(handover_id, "withdrawn"),
            )
        except ReasonUnknown:
            fault = {"reason": "Choose why the handover is withdrawn"}
            return await _withdrawal(handover_id, errand.request, errand.actor, fault)

    async def _withdrawal(
        handover_id: UUID,
        request: Request,
        actor: Member,
        fault: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        whole, _, now = await page.read(handover_id, actor)
        return page.pages.render(
            request,
            "withdraw.html",
            fault=fault,
            person=person_card(whole.person, now),
            whole=whole,
            reasons=reasons.WITHDRAW,
        )

    return router


def _page_of(handover_id: UUID, done: str) -> Response:
    return RedirectResponse(f"/worklist/handovers/{handover_id}?done={done}", 303)
