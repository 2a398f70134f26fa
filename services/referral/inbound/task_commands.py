"""Work on tasks, for other programs."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.referral.inbound.bodies import Completing, Noting, Reasoned
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.usecases.complete_task import complete_task
from services.referral.usecases.fail_task import fail_task
from services.referral.usecases.note_task import note_task
from services.referral.usecases.reopen_task import reopen_task
from services.referral.usecases.start_task import start_task


def task_commands(desks: Desks) -> APIRouter:
    """`POST /tasks/{id}/start`, `complete`, `fail`, `note` and `reopen`. Each takes an `Idempotency-Key`."""
    router = APIRouter(prefix="/tasks/{task_id}", tags=["tasks"])

    @router.post("/start")
    async def start(task_id: UUID, errand: MemberErrand) -> Response:
        """Begin a task of your team."""
        return await desks.act(errand, lambda unit, desk: start_task(unit, desk, task_id))

    @router.post("/complete")
    async def complete(
        task_id: UUID,
        errand: MemberErrand,
        body: Completing | None = None,
    ) -> Response:
        """Say that a task of your team is done."""
        reason = body.reason if body else ""
        return await desks.act(
            errand, lambda unit, desk: complete_task(unit, desk, task_id, reason=reason)
        )

    @router.post("/fail")
    async def fail(task_id: UUID, body: Reasoned, errand: MemberErrand) -> Response:
        """Say that a task of your team cannot be done, and why; the coordinator gets a follow-on task."""
        return await desks.act(
            errand, lambda unit, desk: fail_task(unit, desk, task_id, reason=body.reason)
        )

    @router.post("/note")
    async def note(task_id: UUID, body: Noting, errand: MemberErrand) -> Response:
        """Write down what was tried. A note completes nothing."""
        return await desks.act(
            errand, lambda unit, desk: note_task(unit, desk, task_id, text=body.text)
        )

    @router.post("/reopen")
    async def reopen(task_id: UUID, body: Reasoned, errand: MemberErrand) -> Response:
        """Take up a closed task again: a new task follows it, in a completed handover too.

        `reason` is `not-done`, `needed-again` or `closed-in-error`.
        """
        return await desks.act(
            errand, lambda unit, desk: reopen_task(unit, desk, task_id, reason=body.reason)
        )

    return router
