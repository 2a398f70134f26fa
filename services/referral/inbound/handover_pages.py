"""The page of a handover, and the form that withdraws it."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role
from services.chassis.pages import Pages, when
from services.referral.domain import reasons
from services.referral.domain.errors import NotFound, ReasonUnknown
from services.referral.inbound.contact_cards import contact_card
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.inbound.document_cards import document_row
from services.referral.inbound.handover_cards import offer_row, owner_rows, task_card, told_rows
from services.referral.inbound.history_lines import history_lines
from services.referral.inbound.requests import Member, Reader, teams_of
from services.referral.inbound.words import state_tag
from services.referral.inbound.worklist_cards import offer_card, person_card
from services.referral.usecases.complete_handover import complete_handover
from services.referral.usecases.ports import Views
from services.referral.usecases.see import See
from services.referral.usecases.views import WholeView
from services.referral.usecases.withdraw_handover import withdraw_handover

NOTICES: Mapping[str, str] = {
    "accepted": "Your team has accepted and is now accountable for these tasks.",
    "completed": "The task is done.",
    "failed": "You said that the task cannot be done. The coordinator has been given a task to decide what next.",
    "closed": "The handover is complete.",
    "passed-on": "It was passed on. Your team stays accountable until the other team accepts.",
    "too-often": "This was passed on twice already, so it stays where it is. A clinical lead has a task to decide.",
    "named": "The patient is told who their contact is.",
    "reported": "It is noted, and the tasks and deadlines that follow from it are set.",
    "reopened": "The task was taken up again.",
    "withdrawn": "The handover is withdrawn. Everyone who was told is told to stop.",
}


def handover_pages(desks: Desks, views: Views, pages: Pages, see: See) -> APIRouter:
    """Below `/worklist/handovers/{id}`."""
    router = APIRouter(prefix="/worklist/handovers/{handover_id}", include_in_schema=False)
    directory = desks.playbook.directory

    async def read(handover_id: UUID, actor: Actor) -> tuple[WholeView, Any]:
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            whole = await views.whole(connection, handover_id, teams_of(actor))
        if whole is None:
            raise NotFound("handover")
        return whole, now

    @router.get("")
    async def show(
        handover_id: UUID, request: Request, actor: Reader, done: str = ""
    ) -> HTMLResponse:
        whole, now = await read(handover_id, actor)
        await see(actor, handover_id, "handover", handover_id)
        coordinator = directory.teams.get(whole.coordinator_team)
        member = Role.TEAM in actor.roles
        acts = member and whole.state == "open"
        return pages.render(
            request,
            "handover.html",
            person=person_card(whole.person, now),
            state=state_tag(whole.state, whole.closed_because),
            whole=whole,
            sender=directory.name_of(whole.sender_team),
            coordinator=directory.name_of(whole.coordinator_team),
            coordinator_phone=coordinator.phone if coordinator else "",
            loose_end=whole.purpose == "loose-end",
            replaces=_link(whole.replaces),
            replaced_by=_link(whole.replaced_by),
            left_hospital=when(whole.clock_started_at),
            opened=when(whole.opened_at),
            closed=when(whole.closed_at),
            closed_because=reasons.WITHDRAWN.get(whole.closed_because, ""),
            asked=[
                offer_card(offer, directory, now)
                for offer in whole.offers
                if acts and offer.state == "offered" and actor.serves(offer.team)
            ],
            tasks=[
                (task_card(task, directory, now), member and actor.serves(task.owner_team))
                for task in whole.tasks
            ],
            offers=[offer_row(offer, directory) for offer in whole.offers],
            owners=owner_rows(whole, directory),
            told=told_rows(whole.history, directory),
            history=history_lines(whole, directory, desks.playbook.happenings),
            contact=contact_card(whole, directory),
            may_name=acts and any(map(actor.serves, _parts(whole))),
            documents=[document_row(each, directory) for each in whole.documents],
            may_close=acts and actor.serves(whole.coordinator_team),
            here=request.url.path,
            notice=NOTICES.get(done),
        )

    @router.post("/complete")
    async def complete(handover_id: UUID, errand: MemberErrand) -> Response:
        return await desks.act(
            errand,
            lambda unit, desk: complete_handover(unit, desk, handover_id),
            answer=lambda _: _page_of(handover_id, "closed"),
        )

    @router.get("/withdraw")
    async def ask(handover_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        whole, now = await read(handover_id, actor)
        return _withdrawal(request, whole, now)

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
            whole, now = await read(handover_id, errand.actor)
            fault = {"reason": "Choose why the handover is withdrawn"}
            return _withdrawal(errand.request, whole, now, fault)

    def _withdrawal(
        request: Request, whole: WholeView, now: Any, fault: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        return pages.render(
            request,
            "withdraw.html",
            fault=fault,
            person=person_card(whole.person, now),
            whole=whole,
            reasons=reasons.WITHDRAW,
        )

    return router


def _parts(whole: WholeView) -> list[str]:
    """The teams that have a part in it."""
    asked = (each.team for each in whole.offers if each.state in ("offered", "accepted"))
    return [whole.sender_team, whole.coordinator_team, *asked]


def _page_of(handover_id: UUID, done: str) -> Response:
    return RedirectResponse(f"/worklist/handovers/{handover_id}?done={done}", 303)


def _link(handover_id: UUID | None) -> str:
    return f"/worklist/handovers/{handover_id}" if handover_id else ""
