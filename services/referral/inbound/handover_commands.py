"""The end of a handover, for other programs."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.referral.domain.rules import Playbook
from services.referral.inbound.bodies import Coordinating, Reasoned, Reporting
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.inbound.requests import Reader
from services.referral.usecases.complete_handover import complete_handover
from services.referral.usecases.happen import report_happening
from services.referral.usecases.name_coordinator import name_coordinator
from services.referral.usecases.withdraw_handover import withdraw_handover


def handover_commands(desks: Desks) -> APIRouter:
    """`POST /handovers/{id}/complete`, `withdraw`, `coordinator` and `happenings`. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/handovers/{handover_id}", tags=["handovers"])

    @router.post("/complete")
    async def complete(handover_id: UUID, errand: MemberErrand) -> Response:
        """Say that everything is done. Refused while a task is open."""
        return await desks.act(
            errand, lambda unit, desk: complete_handover(unit, desk, handover_id)
        )

    @router.post("/withdraw")
    async def withdraw(handover_id: UUID, body: Reasoned, errand: MemberErrand) -> Response:
        """Call it off: open tasks are cancelled, and everyone who was told is told to stop.

        `reason` is `discharge-cancelled`, `readmitted`, `deceased` or `entered-in-error`.
        """
        return await desks.act(
            errand,
            lambda unit, desk: withdraw_handover(unit, desk, handover_id, reason=body.reason),
        )

    @router.post("/coordinator")
    async def coordinator(handover_id: UUID, body: Coordinating, errand: MemberErrand) -> Response:
        """Name the patient's single point of contact. The patient may agree, or choose another."""
        return await desks.act(
            errand,
            lambda unit, desk: name_coordinator(
                unit, desk, handover_id, team=body.team, name=body.name, phone=body.phone
            ),
        )

    @router.post("/happenings")
    async def happened(handover_id: UUID, body: Reporting, errand: MemberErrand) -> Response:
        """Say that something happened that rules look at: it may close, move or make tasks.

        Your team must have a part in the handover, in one of the roles that `GET /happenings` names.
        """
        return await desks.act(
            errand,
            lambda unit, desk: report_happening(
                unit, desk, handover_id, code=body.code, happened_at=body.happened_at
            ),
        )

    return router


def happening_list(playbook: Playbook) -> APIRouter:
    """`GET /happenings`: what may be reported."""
    router = APIRouter(tags=["handovers"])

    @router.get("/happenings")
    async def happenings(_: Reader) -> dict[str, Mapping[str, str] | Mapping[str, Sequence[str]]]:
        """What people may say has happened: titles by code, and the roles whose people may say it."""
        said_by = {code: sorted(roles) for code, roles in playbook.said_by.items()}
        return {"happenings": playbook.happenings, "said_by": said_by}

    return router
