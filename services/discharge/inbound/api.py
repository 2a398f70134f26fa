"""The HTTP door: HL7 v2 and FHIR messages in, answers out."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.access import Actor, Role, allow
from services.chassis.problems import problem
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.dialects import FHIR, FHIR_TYPES, HL7, HL7_TYPES, media_type
from services.discharge.inbound.fhir.capability import capability_statement
from services.discharge.inbound.fhir.responses import respond
from services.discharge.inbound.hl7.acks import acknowledge
from services.discharge.inbound.intake import Intake

Hospital = Annotated[Actor, allow(Role.HOSPITAL)]
Anybody = Annotated[Actor, allow(Role.PUBLIC)]


def routes(intake: Intake, version: str) -> APIRouter:
    """The routes of discharge."""
    router = APIRouter()

    @router.post("/hl7v2", openapi_extra=_body(HL7), tags=["messages"])
    async def take_hl7(request: Request, actor: Hospital) -> Response:
        """Take in one HL7 v2 message in ER7; the ACK tells what became of it."""
        if _media_type(request) not in HL7_TYPES:
            return _wrong_type(request, HL7)
        header, outcome = await intake.hl7(await request.body(), _arrival(actor))
        ack = acknowledge(header, outcome.answer, outcome.message_id, outcome.received_at)
        return Response(ack, 200, _where(outcome.message_id), HL7)

    @router.post("/fhir/$process-message", openapi_extra=_body(FHIR), tags=["messages"])
    async def take_fhir(request: Request, actor: Hospital) -> Response:
        """Take in one FHIR R4 message Bundle; the response message tells what became of it."""
        if _media_type(request) not in FHIR_TYPES:
            return _wrong_type(request, FHIR)
        incoming, reading, outcome = await intake.fhir(await request.body(), _arrival(actor))
        status, body = respond(incoming, reading, outcome)
        return Response(body, status, _where(outcome.message_id), FHIR)

    @router.get("/fhir/metadata", tags=["fhir"])
    async def metadata(_: Anybody) -> Response:
        """What this service understands, as a CapabilityStatement."""
        return Response(orjson.dumps(capability_statement(version)), media_type=FHIR)

    return router


def _arrival(actor: Actor) -> Arrival:
    return Arrival(datetime.now(UTC), "http", actor.ref)


def _media_type(request: Request) -> str:
    return media_type(request.headers.get("content-type", ""))


def _wrong_type(request: Request, wanted: str) -> Response:
    sentence = f"Send it with Content-Type {wanted}."
    return problem(request, 415, "intake.wrong_media_type", sentence)


def _where(message_id: UUID) -> dict[str, str]:
    return {"Location": f"/intake/messages/{message_id}"}


def _body(media_type: str) -> dict[str, Any]:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": True, "content": content}}
