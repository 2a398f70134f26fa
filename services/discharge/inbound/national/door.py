"""The door for national events: stored first, then answered; the record is read afterwards."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.access import Actor, Role, allow
from services.chassis.database import Database
from services.chassis.errors import Refusal
from services.chassis.problems import problem
from services.discharge.domain.identity import KeyOf
from services.discharge.domain.national import Kind
from services.discharge.inbound.national import measures
from services.discharge.inbound.national.cloud_events import STRUCTURED, read_cloud_event
from services.discharge.usecases.hear_national_event import hear_national_event
from services.discharge.usecases.national_ports import NationalEvents

_LATER = {"Retry-After": "3600"}

National = Annotated[Actor, allow(Role.NATIONAL)]


def national_routes(
    database: Database,
    events: NationalEvents,
    kinds: Mapping[str, Kind],
    key_of: KeyOf,
    ring: Callable[[], None] | None,
) -> APIRouter:
    """The route that hears national events. `ring` says that one waits; None: this site reads no national record."""
    router = APIRouter()

    @router.post("/national-events", status_code=202, openapi_extra=_BODY, tags=["national"])
    async def hear(request: Request, actor: National) -> Response:
        """Hear one CloudEvent that says whose national record changed. 202: it is stored, and will be acted on."""
        if ring is None:
            sentence = "This site does not read the national record."
            return problem(request, 503, "national.not_configured", sentence, headers=_LATER)
        given = read_cloud_event(request.headers, await request.body())
        kind = kinds.get(given.type)
        if kind is None:
            raise Refusal(
                "national.unknown_type", "refused", "This type of event is not taken here."
            )
        nhs_number = given.nhs_number()
        async with database.unit_of_work() as unit:
            state = await hear_national_event(
                unit,
                events,
                key_of,
                kind=kind,
                source=given.source,
                event_id=given.id,
                nhs_number=nhs_number,
                time=given.time,
                by=actor.ref,
            )
        if state == "waiting":
            ring()
        measures.HEARD[kind.type, state].inc()
        return Response(status_code=202)

    return router


_BODY: dict[str, Any] = {
    "requestBody": {"required": False, "content": {STRUCTURED: {"schema": {"type": "object"}}}}
}
