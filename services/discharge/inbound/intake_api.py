"""Messages as JSON: lists, one with what became of it, what it says, and taking one in again."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.chassis.access import Role
from services.chassis.answers import wants_page
from services.chassis.database import Database
from services.chassis.idempotency import Commanded
from services.discharge.domain.message import Dialect
from services.discharge.inbound.dialects import FHIR, HL7
from services.discharge.inbound.listing import (
    Asking,
    Engineer,
    Reader,
    filters,
    may_see_bodies,
    own_of,
)
from services.discharge.inbound.mending_desk import MendingDesk
from services.discharge.inbound.presenters import present, present_quality, present_row
from services.discharge.usecases.list_messages import list_messages
from services.discharge.usecases.read_data_quality import MOST_DAYS, read_data_quality
from services.discharge.usecases.read_message import read_message, show_message
from services.discharge.usecases.view_body import view_body

_MEDIA: dict[Dialect, str] = {"hl7v2": HL7, "fhir": FHIR, "itk3": "application/fhir+xml"}
_LONGEST = 1024 * 1024


class MendedBody(BaseModel):
    """A mended message."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    message: Annotated[str, Field(min_length=1, max_length=_LONGEST)]
    """The whole of it; segments of HL7 v2 may end with any line end."""
    reason: Annotated[str, Field(max_length=1000)] = ""
    """Why it is taken in again; needed when the message was taken in already."""


class ReasonBody(BaseModel):
    """Why somebody does it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


@dataclass(frozen=True)
class Page:
    """Some rows of a list."""

    items: list[dict[str, Any]]
    next: str | None
    """Send it as `before` for the rows that follow; null: there are no more."""


def intake_api(database: Database, desk: MendingDesk) -> APIRouter:
    """Below `/intake/messages`, and `/intake/data-quality`."""
    router = APIRouter(prefix="/intake", tags=["messages"])
    messages, reviews = desk.bench.stores.messages, desk.bench.reviews

    @router.get("/messages")
    async def listed(asked: Asking, actor: Reader) -> Page:
        """Messages, the newest first; of a hospital's account those that it handed in.

        Without `from` they are those of the last seven days, unless the list is of one `spell`, or of what is
        `waiting` for a person or `clash`es.
        """
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            rows, more = await list_messages(connection, reviews, filters(asked, actor), now)
        items = [present_row(row) for row in rows]
        return Page(items, str(items[-1]["id"]) if more else None)

    @router.get("/messages/{message_id}", response_model=None)
    async def show(message_id: UUID, request: Request, actor: Reader) -> dict[str, Any] | Response:
        """What became of one message: its answer, what it changed, its flags; never what it says."""
        if wants_page(request):
            return RedirectResponse(f"/intake/{message_id}", 303)
        async with database.reading() as connection:
            shown = await show_message(connection, messages, reviews, message_id, own_of(actor))
        return present(shown, reasons=may_see_bodies(actor))

    @router.get("/messages/{message_id}/body")
    async def body(message_id: UUID, actor: Engineer) -> Response:
        """What a message says, as it came. Each look is written down."""
        async with database.unit_of_work() as unit:
            message = await read_message(unit.connection, messages, message_id, own_of=None)
            [found] = await view_body(unit, reviews, [message_id], actor.ref)
        media = _MEDIA.get(message["dialect"], "application/octet-stream")
        headers = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
        return Response(found, headers=headers, media_type=media)

    @router.post("/messages/{message_id}/resubmit")
    async def resubmit(
        message_id: UUID, mended: MendedBody, command: Commanded, actor: Engineer
    ) -> Response:
        """Take a message in again as somebody mended it. It is stored beside the first, and answered anew."""
        return await desk.resubmit(command, actor, message_id, mended.message, mended.reason)

    @router.post("/messages/{message_id}/accept")
    async def accept(
        message_id: UUID, said: ReasonBody, command: Commanded, actor: Engineer
    ) -> Response:
        """Take in, as it is, a message that shares its control id with another."""
        return await desk.accept(command, actor, message_id, said.reason)

    @router.post("/messages/{message_id}/set-aside", status_code=204, response_model=None)
    async def set_aside(
        message_id: UUID, said: ReasonBody, command: Commanded, actor: Engineer
    ) -> Response:
        """Say that a refused message needs no mending."""
        return await desk.set_aside(command, actor, message_id, said.reason)

    @router.get("/data-quality", response_model=None)
    async def data_quality(
        request: Request,
        actor: Reader,
        days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 7,
    ) -> dict[str, Any] | Response:
        """What each source's messages were flagged for, and how often; the messages are at `flag` of the list."""
        if wants_page(request) and Role.HOSPITAL not in actor.roles:
            return RedirectResponse(f"/data-quality?days={days}", 303)
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            rows = await read_data_quality(connection, reviews, now, days, own_of(actor))
        return {"days": days, "items": [present_quality(row) for row in rows]}

    return router
