"""The door for documents: an ITK3 message in, its infrastructure response out, and every response afterwards (C7)."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.access import Actor, Role, allow
from services.chassis.database import Database
from services.chassis.problems import problem
from services.discharge.domain.message import Outcome
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.dialects import ITK3, ITK3_TYPES, media_type
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.itk3.message import read
from services.discharge.inbound.itk3.responses import acknowledgements, respond
from services.discharge.usecases.document_ports import Documents
from services.discharge.usecases.read_acknowledgements import read_acknowledgements

PATH = "/itk3"
LARGEST_BODY = 8 * 1024 * 1024
"""More than a message may have, so that one that is too large can be told so in its own words."""

Hospital = Annotated[Actor, allow(Role.HOSPITAL)]
Reader = Annotated[Actor, allow(Role.OPERATOR, Role.HOSPITAL)]


def itk3_routes(
    intake: Intake,
    database: Database,
    documents: Documents,
    allowed_senders: frozenset[str] = frozenset(),
) -> APIRouter:
    """The routes for documents."""
    router = APIRouter(prefix=PATH, tags=["messages"])

    @router.post("", openapi_extra=_BODY)
    async def take_document(request: Request, actor: Hospital) -> Response:
        """Take in one ITK3 message with a Transfer of Care document; the response message tells what became of it."""
        if media_type(request.headers.get("content-type", "")) not in ITK3_TYPES:
            sentence = f"Send it with Content-Type {ITK3}."
            return problem(request, 415, "intake.wrong_media_type", sentence)
        body = await request.body()
        arrival = Arrival(datetime.now(UTC), "http", actor.ref)
        reading, outcome = await intake.itk3(body, arrival)
        status, answer = respond(reading.handling, outcome)
        headers = {"Location": f"/intake/messages/{outcome.message_id}"}
        return Response(answer, status, headers, ITK3 if answer else None)

    @router.get("/messages/{message_id}/acknowledgements")
    async def show_acknowledgements(message_id: UUID, actor: Reader) -> Response:
        """Every response to a message: the infrastructure one, and whether the recipient has the patient."""
        own_of = None if Role.OPERATOR in actor.roles else actor.ref
        async with database.reading() as connection:
            found = await read_acknowledgements(connection, documents, message_id, own_of)
        arrival = Arrival(found.received_at, "http", found.handed_in_by)
        reading = await asyncio.to_thread(read, found.body, arrival, allowed_senders)
        outcome = Outcome(found.message_id, found.received_at, found.answer)
        answers = acknowledgements(reading.handling, outcome, found.business)
        return Response(answers, media_type=ITK3)

    return router


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {ITK3: {"schema": {"type": "string", "format": "binary"}}},
    }
}
