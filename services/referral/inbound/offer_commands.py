"""Answers to offers, for other programs."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.idempotency import Commanded
from services.referral.inbound.bodies import Accepting, Reasoned
from services.referral.inbound.desks import Desks
from services.referral.inbound.requests import Member
from services.referral.usecases.accept_offer import accept_offer
from services.referral.usecases.decline_offer import decline_offer


def offer_commands(desks: Desks) -> APIRouter:
    """`POST /offers/{id}/accept` and `decline`. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/offers/{offer_id}", tags=["offers"])

    @router.post("/accept")
    async def accept(
        offer_id: UUID,
        request: Request,
        command: Commanded,
        actor: Member,
        body: Accepting | None = None,
    ) -> Response:
        """Take the offer's tasks for the team that was asked: from now on it is accountable for them."""
        take = body is not None and body.take_coordination
        return await desks.act(
            request,
            command,
            actor,
            lambda unit, desk: accept_offer(unit, desk, offer_id, take_coordination=take),
        )

    @router.post("/decline")
    async def decline(
        offer_id: UUID, body: Reasoned, request: Request, command: Commanded, actor: Member
    ) -> Response:
        """Say no; the sender stays accountable.

        `reason` is `not-our-patient`, `out-of-area`, `no-capacity`, `not-appropriate`, `not-eligible` or
        `already-done`.
        """
        return await desks.act(
            request,
            command,
            actor,
            lambda unit, desk: decline_offer(unit, desk, offer_id, reason=body.reason),
        )

    return router
