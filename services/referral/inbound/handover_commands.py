"""The end of a handover, for other programs."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.idempotency import Commanded
from services.referral.inbound.bodies import Reasoned
from services.referral.inbound.desks import Desks
from services.referral.inbound.requests import Member
from services.referral.usecases.complete_handover import complete_handover
from services.referral.usecases.withdraw_handover import withdraw_handover


def handover_commands(desks: Desks) -> APIRouter:
    """`POST /handovers/{id}/complete` and `withdraw`. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/handovers/{handover_id}", tags=["handovers"])

    @router.post("/complete")
    async def complete(
        handover_id: UUID, request: Request, command: Commanded, actor: Member
    ) -> Response:
        """Say that everything is done. Refused while a task is open."""
        return await desks.act(
            request,
            command,
            actor,
            lambda unit, desk: complete_handover(unit, desk, handover_id),
        )

    @router.post("/withdraw")
    async def withdraw(
        handover_id: UUID, body: Reasoned, request: Request, command: Commanded, actor: Member
    ) -> Response:
        """Call it off: open tasks are cancelled, and everyone who was told is told to stop.

        `reason` is `discharge-cancelled`, `readmitted`, `deceased` or `entered-in-error`.
        """
        return await desks.act(
            request,
            command,
            actor,
            lambda unit, desk: withdraw_handover(unit, desk, handover_id, reason=body.reason),
        )

    return router
