"""Answers to offers, for other programs."""

from uuid import UUID

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.problems import refuse
from services.referral.domain.errors import RedirectedTooOften
from services.referral.inbound.bodies import Accepting, PassingOn, Reasoned
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.inbound.said import said
from services.referral.usecases.accept_offer import accept_offer
from services.referral.usecases.decline_offer import decline_offer
from services.referral.usecases.records import Changed
from services.referral.usecases.redirect_offer import redirect_offer, was_redirected


def offer_commands(desks: Desks) -> APIRouter:
    """`POST /offers/{id}/accept`, `decline` and `redirect`. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/offers/{offer_id}", tags=["offers"])

    @router.post("/accept")
    async def accept(
        offer_id: UUID,
        errand: MemberErrand,
        body: Accepting | None = None,
    ) -> Response:
        """Take the offer's tasks for the team that was asked: from now on it is accountable for them."""
        take = body is not None and body.take_coordination
        return await desks.act(
            errand, lambda unit, desk: accept_offer(unit, desk, offer_id, take_coordination=take)
        )

    @router.post("/decline")
    async def decline(offer_id: UUID, body: Reasoned, errand: MemberErrand) -> Response:
        """Say no; the team that asked stays accountable.

        `reason` is `not-our-patient`, `out-of-area`, `no-capacity`, `not-appropriate`, `not-eligible` or
        `already-done`.
        """
        return await desks.act(
            errand, lambda unit, desk: decline_offer(unit, desk, offer_id, reason=body.reason)
        )

    @router.post("/redirect")
    async def redirect(offer_id: UUID, body: PassingOn, errand: MemberErrand) -> Response:
        """Pass it on to a better-suited team in one act, with its clock; your team is accountable until they accept.

        `reason` is `wrong-service`, `out-of-area`, `no-capacity` or `registered-elsewhere`. Passed on twice already,
        it stays where it is: the answer is 409, and a clinical lead has a task to decide.
        """
        return await desks.act(
            errand,
            lambda unit, desk: redirect_offer(
                unit, desk, offer_id, team=body.team, reason=body.reason
            ),
            answer=lambda change: redirected(errand.request, change),
        )

    return router


def redirected(request: Request, change: Changed) -> Response:
    """What was passed on, or that a clinical lead decides now."""
    if was_redirected(change):
        return Response(orjson.dumps(said(change), default=str), media_type="application/json")
    return refuse(request, RedirectedTooOften())
