"""The list of referrals and the page of one, in a browser."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role
from services.chassis.errors import Refusal
from services.chassis.pages import Pages
from services.referral.domain.errors import NotFound
from services.referral.domain.reasons import DECLINE
from services.referral.domain.serving import OUTCOMES
from services.referral.inbound.desks import Act, Desks, Errand, MemberErrand
from services.referral.inbound.referral_acts import ACTS, Given, read_given
from services.referral.inbound.referral_cards import referral_page, referral_row
from services.referral.inbound.referral_words import NOTICES, PRIORITIES, STATES
from services.referral.inbound.requests import Listing, Reader, teams_of, write_cursor
from services.referral.usecases.keep_appointments import end_appointment
from services.referral.usecases.referral_views import ReferralViews, WholeReferralView

REFERRALS = "/worklist/referrals"
Typed = Annotated[str, Form(max_length=80)]
_BECAME = ("attended", "missed", "cancelled")


@dataclass(frozen=True, slots=True)
class _Desk:
    """One page and the acts on it."""

    desks: Desks
    views: ReferralViews
    pages: Pages

    async def show(
        self,
        referral_id: UUID,
        request: Request,
        actor: Actor,
        *,
        done: str = "",
        refusal: Refusal | None = None,
        at: str = "",
    ) -> HTMLResponse:
        view, now = await self._read(referral_id, actor)
        member = Role.TEAM in actor.roles
        directory = self.desks.playbook.directory
        return self.pages.render(
            request,
            "referral.html",
            fault={at: refusal.sentence} if refusal else {},
            it=referral_page(view, directory, now, actor, member=member),
            here=f"{REFERRALS}/{referral_id}",
            notice=NOTICES.get(done),
            priorities=PRIORITIES,
            declines=DECLINE,
            outcomes=OUTCOMES,
        )

    async def act(
        self,
        referral_id: UUID,
        what: str,
        given: Given,
        errand: Errand,
    ) -> Response:
        act = ACTS[what]
        try:
            return await self.desks.act(
                errand,
                act.do(referral_id, given),
                answer=lambda _: RedirectResponse(_after(referral_id, what, act.notice), 303),
            )
        except Refusal as refusal:
            if refusal.kind not in ("refused", "invalid"):
                raise
            return await self.show(
                referral_id, errand.request, errand.actor, refusal=refusal, at=act.field
            )

    async def _read(self, referral_id: UUID, actor: Actor) -> tuple[WholeReferralView, datetime]:
        async with self.desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            found = await self.views.referral(connection, referral_id, teams_of(actor))
        if found is None:
            raise NotFound("referral")
        return found, now


def referral_pages(desks: Desks, views: ReferralViews, pages: Pages) -> APIRouter:
    """Below `/worklist/referrals` and `/worklist/appointments`."""
    router = APIRouter(prefix="/worklist", include_in_schema=False)
    desk = _Desk(desks, views, pages)

    @router.get("/referrals")
    async def listed(asked: Listing, request: Request, actor: Reader) -> HTMLResponse:
        filters = asked.filters(actor)
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            rows = await views.referrals(connection, filters)
        shown = rows[: filters.limit - 1]
        more = (
            write_cursor(shown[-1].received_at, shown[-1].referral_id)
            if len(rows) > len(shown)
            else ""
        )
        directory = desks.playbook.directory
        return pages.render(
            request,
            "referrals.html",
            rows=[referral_row(row, directory, now) for row in shown],
            states=STATES,
            state=asked.state or "",
            more=f"{REFERRALS}?cursor={more}&state={asked.state or ''}" if more else "",
            first=REFERRALS if asked.after else "",
            member=Role.TEAM in actor.roles,
        )

    @router.get("/referrals/{referral_id}")
    async def show(
        referral_id: UUID, request: Request, actor: Reader, done: str = ""
    ) -> HTMLResponse:
        return await desk.show(referral_id, request, actor, done=done)

    for what in ACTS:
        router.add_api_route(
            f"/referrals/{{referral_id}}/{what}", _route(desk, what), methods=["POST"], name=what
        )

    @router.post("/appointments/{appointment_id}/{status}")
    async def became(
        appointment_id: UUID,
        status: str,
        errand: MemberErrand,
        referral: Annotated[UUID, Form()],
    ) -> Response:
        if status not in _BECAME:
            raise NotFound("appointment")

        def do(unit: Any, by: Any) -> Any:
            return end_appointment(unit, by, appointment_id, status=status)

        act: Act = do
        answer = RedirectResponse(f"{REFERRALS}/{referral}?done=changed", 303)
        return await desks.act(errand, act, answer=lambda _: answer)

    return router


def _route(desk: _Desk, what: str) -> Callable[..., Awaitable[Response]]:
    async def act(
        referral_id: UUID,
        errand: MemberErrand,
        reason: Typed = "",
        priority: Typed = "",
        starts_at: Typed = "",
        finished: Annotated[bool, Form()] = False,
    ) -> Response:
        given = read_given(reason, priority, starts_at, finished=finished)
        return await desk.act(referral_id, what, given, errand)

    return act


def _after(referral_id: UUID, what: str, notice: str) -> str:
    """A team that sent a referral back has no part in it any more, so it is led to its list."""
    return "/?done=declined" if what == "reject" else f"{REFERRALS}/{referral_id}?done={notice}"
