"""The page of a task: what it is for, and the forms to start it, complete it, give it up, or write a note."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.referral.inbound.bodies import LONGEST_TEXT
from services.referral.inbound.desks import MemberErrand
from services.referral.inbound.requests import Reader
from services.referral.inbound.task_page import TaskPage
from services.referral.usecases.complete_task import complete_task
from services.referral.usecases.fail_task import fail_task
from services.referral.usecases.note_task import note_task
from services.referral.usecases.start_task import start_task

Words = Annotated[str, Form(max_length=LONGEST_TEXT)]
NOTICES: Mapping[str, str] = {
    "started": "The task is in progress.",
    "noted": "Your note is in the history of the handover.",
    "taken": "You have taken the task.",
    "put-back": "The task is back on the list for whoever takes it next.",
    "given": "Your colleague has the task now.",
    "away": "The task is put away. It comes back by itself, and its deadline rings as before.",
    "back": "The task is on the list again.",
}


def task_pages(page: TaskPage) -> APIRouter:
    """Below `/worklist/tasks/{id}`."""
    router = APIRouter(prefix="/worklist/tasks/{task_id}", include_in_schema=False)

    @router.get("")
    async def show(task_id: UUID, request: Request, actor: Reader, done: str = "") -> HTMLResponse:
        return await page.show(task_id, request, actor, notice=NOTICES.get(done))

    @router.post("/start")
    async def start(task_id: UUID, errand: MemberErrand) -> Response:
        return await page.act(
            errand, task_id, lambda unit, desk: start_task(unit, desk, task_id), "started"
        )

    @router.post("/complete")
    async def complete(task_id: UUID, errand: MemberErrand, outcome: Words = "") -> Response:
        return await page.act(
            errand,
            task_id,
            lambda unit, desk: complete_task(unit, desk, task_id, reason=outcome),
            "outcome",
        )

    @router.post("/fail")
    async def fail(task_id: UUID, errand: MemberErrand, reason: Words = "") -> Response:
        return await page.act(
            errand,
            task_id,
            lambda unit, desk: fail_task(unit, desk, task_id, reason=reason),
            "reason",
        )

    @router.post("/note")
    async def note(task_id: UUID, errand: MemberErrand, text: Words = "") -> Response:
        return await page.act(
            errand, task_id, lambda unit, desk: note_task(unit, desk, task_id, text=text), "text"
        )

    return router
