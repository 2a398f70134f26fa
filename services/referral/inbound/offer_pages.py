"""Answering an offer in a browser."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor
from services.chassis.pages import Pages
from services.referral.domain import reasons
from services.referral.domain.errors import NotFound, ReasonUnknown
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.inbound.requests import Member, teams_of
from services.referral.inbound.worklist_cards import offer_card
from services.referral.usecases.accept_offer import accept_offer
from services.referral.usecases.decline_offer import decline_offer
from services.referral.usecases.ports import Views
from services.referral.usecases.records import Changed
from services.referral.usecases.views import OfferView


def offer_pages(desks: Desks, views: Views, pages: Pages) -> APIRouter:
    """Below `/worklist/offers/{id}`."""
    router = APIRouter(prefix="/worklist/offers/{offer_id}", include_in_schema=False)
    directory = desks.playbook.directory

    async def form(
        offer_id: UUID, request: Request, actor: Actor, fault: Mapping[str, str] | None = None
    ) -> HTMLResponse:
        offer, now = await _read(offer_id, actor)
        return pages.render(
            request,
            "decline.html",
            fault=fault,
            offer=offer_card(offer, directory, now),
            reasons=reasons.DECLINE,
        )

    async def _read(offer_id: UUID, actor: Actor) -> tuple[OfferView, datetime]:
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            offer = await views.offer(connection, offer_id, teams_of(actor))
        if offer is None:
            raise NotFound("offer")
        return offer, now

    @router.post("/accept")
    async def accept(
        offer_id: UUID,
        errand: MemberErrand,
        take_coordination: Annotated[bool, Form()] = False,
    ) -> Response:
        return await desks.act(
            errand,
            lambda unit, desk: accept_offer(
                unit, desk, offer_id, take_coordination=take_coordination
            ),
            answer=_accepted,
        )

    @router.get("/decline")
    async def ask(offer_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        return await form(offer_id, request, actor)

    @router.post("/decline")
    async def decline(
        offer_id: UUID,
        errand: MemberErrand,
        reason: Annotated[str, Form(max_length=60)] = "",
    ) -> Response:
        try:
            return await desks.act(
                errand,
                lambda unit, desk: decline_offer(unit, desk, offer_id, reason=reason),
                answer=lambda _: RedirectResponse("/?done=declined", 303),
            )
        except ReasonUnknown:
            fault = {"reason": "Choose why your team declines"}
            return await form(offer_id, errand.request, errand.actor, fault)

    return router


def _accepted(change: Changed) -> Response:
    address = f"/worklist/handovers/{change.whole.handover.handover_id}?done=accepted"
    return RedirectResponse(address, 303)
