"""The page of two messages with one control id: what is different, and the form to take the second in as it is."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.chassis.access import Actor
from services.chassis.idempotency import Commanded
from services.discharge.domain.errors import NotAClash, ReasonNeeded
from services.discharge.inbound.body_view import differences, different_lines
from services.discharge.inbound.listing import Engineer, Staff
from services.discharge.inbound.mending import as_text
from services.discharge.inbound.message_cards import side
from services.discharge.inbound.message_view import MessageView, to_message
from services.discharge.usecases.read_message import Shown


def clash_pages(view: MessageView) -> APIRouter:
    """`/intake/{id}/clash` and what its form does."""
    router = APIRouter(prefix="/intake/{message_id:uuid}", include_in_schema=False)

    @router.get("/clash")
    async def clash(request: Request, message_id: UUID, actor: Staff) -> HTMLResponse:
        return _page(view, request, await view.read(message_id), actor)

    @router.post("/clash")
    async def compare(request: Request, message_id: UUID, actor: Engineer) -> HTMLResponse:
        shown = await view.read(message_id)
        partner = shown.relations["partner"]
        if partner is None:
            raise NotAClash
        both = await view.look(actor, "compare", message_id, partner["message_id"])
        rows = _rows(shown.message["dialect"], *both)
        return _page(view, request, shown, actor, rows=rows)

    @router.post("/accept")
    async def accept(
        request: Request,
        message_id: UUID,
        actor: Engineer,
        command: Commanded,
        reason: Annotated[str, Form(max_length=1000)] = "",
    ) -> Response:
        try:
            return await view.desk.accept(command, actor, message_id, reason, to_message)
        except ReasonNeeded as error:
            fault = error.sentence
        return _page(view, request, await view.read(message_id), actor, fault=fault)

    return router


def _page(
    view: MessageView,
    request: Request,
    shown: Shown,
    actor: Actor,
    *,
    rows: Sequence[dict[str, Any]] = (),
    fault: str = "",
) -> HTMLResponse:
    if not shown.message["clash"]:
        raise NotAClash
    partner = shown.relations["partner"]
    faults = {"reason": fault} if fault else {}
    return view.page(
        request,
        "intake-clash.html",
        shown,
        actor,
        partner=f"/intake/{partner['message_id']}" if partner else "",
        sides=list(zip(side(shown.message), side(partner), strict=True)) if partner else [],
        rows=rows,
        fault=faults,
    )


def _rows(dialect: Any, mine: bytes, theirs: bytes) -> Sequence[dict[str, Any]]:
    if dialect == "hl7v2":
        return differences(mine, theirs)
    return different_lines(as_text(dialect, mine)[0], as_text(dialect, theirs)[0])
