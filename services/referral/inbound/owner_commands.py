"""Who does a task and who has it, for other programs."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.referral.inbound.bodies import Claiming, PassingOn, Reassigning
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.usecases.hand_on_task import hand_on_task
from services.referral.usecases.take_task import claim_task, put_back_task, reassign_task


def owner_commands(desks: Desks) -> APIRouter:
    """`POST /tasks/{id}/claim`, `put-back`, `reassign` and `hand-on`. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/tasks/{task_id}", tags=["tasks"])

    @router.post("/claim")
    async def claim(
        task_id: UUID,
        errand: MemberErrand,
        body: Claiming | None = None,
    ) -> Response:
        """Take a task of your team in your own name. Refused while a colleague has it, unless you take it over."""
        over = body is not None and body.take_over
        return await desks.act(
            errand, lambda unit, desk: claim_task(unit, desk, task_id, take_over=over)
        )

    @router.post("/put-back")
    async def put_back(task_id: UUID, errand: MemberErrand) -> Response:
        """Leave a task to whoever in your team takes it next."""
        return await desks.act(errand, lambda unit, desk: put_back_task(unit, desk, task_id))

    @router.post("/reassign")
    async def reassign(task_id: UUID, body: Reassigning, errand: MemberErrand) -> Response:
        """Give a task to a colleague in your team."""
        return await desks.act(
            errand, lambda unit, desk: reassign_task(unit, desk, task_id, person=body.person)
        )

    @router.post("/hand-on")
    async def hand_on(task_id: UUID, body: PassingOn, errand: MemberErrand) -> Response:
        """Ask another team to take over; yours stays accountable until it accepts, and the deadline stays.

        `reason` is `handed-on`, `wrong-service`, `out-of-area`, `no-capacity`, `registered-elsewhere` or
        `practice-changed`.
        """
        return await desks.act(
            errand,
            lambda unit, desk: hand_on_task(
                unit, desk, task_id, team=body.team, reason=body.reason
            ),
        )

    return router
