"""Several clerical tasks at once: tick them, say what is done with them, and read what became of each."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor
from services.chassis.idempotency import Commanded, once
from services.chassis.pages import Pages
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.errors import NotFound
from services.referral.inbound.bodies import LONGEST_TEXT
from services.referral.inbound.desks import Desks
from services.referral.inbound.requests import Member, teams_of
from services.referral.inbound.words import due_tag
from services.referral.inbound.worklist_cards import person_card
from services.referral.usecases.bulk_tasks import BulkAct, Bulks, bulk_tasks
from services.referral.usecases.views import TaskView
from services.referral.usecases.worklist import ListAsked, Worklists

BULK = "/worklist/bulk"
PATIENTS = 30
_MOST = 200
_ACTS: Mapping[BulkAct, str] = {
    "claim": "Take them",
    "note": "Write the same note on each",
    "complete": "Complete them",
}
_DONE: Mapping[str, str] = {"claim": "Taken", "note": "Noted", "complete": "Done"}


def bulk_pages(desks: Desks, worklists: Worklists, bulks: Bulks, pages: Pages) -> APIRouter:
    """`/worklist/bulk`, and what became of it."""
    router = APIRouter(prefix=BULK, include_in_schema=False)
    directory = desks.playbook.directory

    async def form(request: Request, actor: Actor, **values: Any) -> HTMLResponse:
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            asked = ListAsked(
                teams=teams_of(actor),
                me=actor.ref,
                today_ends=now,
                skills=frozenset({"clerical"}),
                patients=PATIENTS,
            )
            page = await worklists.page(connection, asked)
        patients = [
            (
                person_card(heading.person, now),
                [
                    (task, due_tag(task.due_at, now), directory.name_of(task.owner_team))
                    for task in heading.items
                    if isinstance(task, TaskView) and _may_tick(task, actor)
                ],
            )
            for heading in page.headings
        ]
        return pages.render(
            request,
            "bulk.html",
            patients=[(person, tasks) for person, tasks in patients if tasks],
            acts=_ACTS,
            more=page.next is not None,
            **values,
        )

    @router.get("")
    async def ask(request: Request, actor: Member) -> HTMLResponse:
        return await form(request, actor)

    @router.post("")
    async def do(
        request: Request,
        command: Commanded,
        actor: Member,
        task: Annotated[list[UUID] | None, Form(max_length=_MOST)] = None,
        act: Annotated[str, Form(max_length=20)] = "",
        text: Annotated[str, Form(max_length=LONGEST_TEXT)] = "",
    ) -> Response:
        ticked = task or []
        chosen = next((one for one in get_args(BulkAct) if one == act), None)
        faults = _faults(ticked, chosen, text)
        if chosen is None or faults:
            return await form(
                request,
                actor,
                fault=faults,
                ticked={str(one) for one in ticked},
                act=act,
                text=text,
            )
        desk, known = desks.of(actor, request), chosen

        async def work(unit: UnitOfWork) -> Response:
            bulk_id = await bulk_tasks(unit, desk, ticked, act=known, text=text, bulks=bulks)
            return RedirectResponse(f"{BULK}/{bulk_id}", 303)

        return await once(desks.database, command, actor, work)

    @router.get("/{bulk_id}")
    async def outcomes(bulk_id: UUID, request: Request, actor: Member) -> HTMLResponse:
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            rows = await bulks.read(connection, bulk_id, actor.ref, teams_of(actor))
        if not rows:
            raise NotFound("task")
        return pages.render(
            request,
            "bulk_done.html",
            outcomes=[
                (
                    row.task.rule.title if row.task else "A task that is not on your lists",
                    person_card(row.task.person, now).name if row.task else "",
                    f"/worklist/tasks/{row.task.task_id}" if row.task else "",
                    row.refused,
                )
                for row in rows
            ],
            said=_DONE[rows[0].act],
            done=sum(not row.refused for row in rows),
            refused=sum(bool(row.refused) for row in rows),
        )

    return router


def _faults(ticked: Sequence[UUID], act: BulkAct | None, text: str) -> dict[str, str]:
    faults = {}
    if not ticked:
        faults["tasks"] = "Tick the tasks"
    if act is None:
        faults["act"] = "Choose what is done with them"
    elif act == "note" and not text.strip():
        faults["text"] = "Write the note before you save it"
    return faults


def _may_tick(task: TaskView, actor: Actor) -> bool:
    return task.skill == "clerical" and actor.serves(task.owner_team)
