"""The page of a task: what it is for, and the forms to start it, complete it, give it up, or write a note."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role
from services.chassis.idempotency import Command, Commanded
from services.chassis.pages import Pages
from services.referral.domain.errors import NotFound, ReasonMissing
from services.referral.inbound.bodies import LONGEST_TEXT
from services.referral.inbound.desks import Act, Desks
from services.referral.inbound.document_cards import document_card
from services.referral.inbound.handover_cards import task_card
from services.referral.inbound.requests import Member, Reader, teams_of
from services.referral.inbound.worklist_cards import person_card
from services.referral.usecases.complete_task import complete_task
from services.referral.usecases.fail_task import fail_task
from services.referral.usecases.note_task import note_task
from services.referral.usecases.ports import Views
from services.referral.usecases.records import Changed
from services.referral.usecases.start_task import start_task

Words = Annotated[str, Form(max_length=LONGEST_TEXT)]
NOTICES: Mapping[str, str] = {
    "started": "The task is in progress.",
    "noted": "Your note is in the history of the handover.",
}


def task_pages(desks: Desks, views: Views, pages: Pages) -> APIRouter:
    """Below `/worklist/tasks/{id}`."""
    router = APIRouter(prefix="/worklist/tasks/{task_id}", include_in_schema=False)
    directory = desks.playbook.directory

    async def page(
        task_id: UUID, request: Request, actor: Actor, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            task = await views.task(connection, task_id, teams_of(actor))
        if task is None:
            raise NotFound("task")
        mine = Role.TEAM in actor.roles and actor.serves(task.owner_team)
        return pages.render(
            request,
            "task.html",
            status=status,
            task=task_card(task, directory, now),
            person=person_card(task.person, now),
            document=document_card(task, actor, directory),
            handover=f"/worklist/handovers/{task.handover_id}",
            may_act=mine and task.closed_at is None and task.status != "requested",
            may_start=task.status in ("accepted", "on-hold"),
            needs_outcome=task.needs_outcome,
            early=task.not_before is not None and now < task.not_before,
            **values,
        )

    async def act(
        request: Request, command: Command, actor: Actor, task_id: UUID, do: Act, field: str
    ) -> Response:
        try:
            return await desks.act(
                request, command, actor, do, answer=lambda change: _after(change, task_id, field)
            )
        except ReasonMissing as missing:
            fault = {"text": missing.sentence, "href": f"#{field}"}
            return await page(
                task_id, request, actor, status=422, errors=[fault], fault={field: missing.sentence}
            )

    @router.get("")
    async def show(task_id: UUID, request: Request, actor: Reader, done: str = "") -> HTMLResponse:
        return await page(task_id, request, actor, notice=NOTICES.get(done))

    @router.post("/start")
    async def start(task_id: UUID, request: Request, command: Commanded, actor: Member) -> Response:
        return await act(
            request,
            command,
            actor,
            task_id,
            lambda unit, desk: start_task(unit, desk, task_id),
            "started",
        )

    @router.post("/complete")
    async def complete(
        task_id: UUID, request: Request, command: Commanded, actor: Member, outcome: Words = ""
    ) -> Response:
        return await act(
            request,
            command,
            actor,
            task_id,
            lambda unit, desk: complete_task(unit, desk, task_id, reason=outcome),
            "outcome",
        )

    @router.post("/fail")
    async def fail(
        task_id: UUID, request: Request, command: Commanded, actor: Member, reason: Words = ""
    ) -> Response:
        return await act(
            request,
            command,
            actor,
            task_id,
            lambda unit, desk: fail_task(unit, desk, task_id, reason=reason),
            "reason",
        )

    @router.post("/note")
    async def note(
        task_id: UUID, request: Request, command: Commanded, actor: Member, text: Words = ""
    ) -> Response:
        return await act(
            request,
            command,
            actor,
            task_id,
            lambda unit, desk: note_task(unit, desk, task_id, text=text),
            "text",
        )

    return router


def _after(change: Changed, task_id: UUID, field: str) -> Response:
    handover = f"/worklist/handovers/{change.whole.handover.handover_id}"
    where = {
        "started": f"/worklist/tasks/{task_id}?done=started",
        "text": f"/worklist/tasks/{task_id}?done=noted",
        "outcome": f"{handover}?done=completed",
        "reason": f"{handover}?done=failed",
    }
    return RedirectResponse(where[field], 303)
