"""`POST /fhir/$process-message`: referrals and bookings in, answers out; and how a referral stands, for its referrer."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.patient_key import patient_key
from services.chassis.access import Actor, Role, allow
from services.chassis.errors import Refusal
from services.chassis.log import get_logger
from services.referral.domain.errors import NotFound
from services.referral.inbound.bars.answers import answered, standing
from services.referral.inbound.bars.asking import Envelope, read_envelope
from services.referral.inbound.bars.bundle import Message, read_message
from services.referral.inbound.bars.faults import FHIR, Fault, Faults, fault_of, refused
from services.referral.inbound.bars.headers import Headers, read_headers
from services.referral.inbound.bars.parts import Patient
from services.referral.inbound.bars.vocabulary import ANSWERS, NEW, REFERRAL_REQUEST
from services.referral.inbound.bars.whom import read_whom
from services.referral.inbound.bars.work import TAKEN, Work
from services.referral.inbound.reception import Reception
from services.referral.inbound.requests import teams_of
from services.referral.usecases.measures import MESSAGES
from services.referral.usecases.referral_views import ReferralViews

System = Annotated[Actor, allow(Role.HOSPITAL)]
Asker = Annotated[Actor, allow(Role.HOSPITAL, Role.TEAM)]
_TYPES = (FHIR, "application/json")
_OK = 200

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Door:
    """Takes in messages, one after the other."""

    reception: Reception
    views: ReferralViews
    site_secret: bytes

    async def process(self, request: Request, actor: Actor) -> Response:
        """The answer to one message, whatever it is."""
        try:
            answer = await self._process(request, actor)
        except Faults as several:
            answer = refused(*several.faults)
        except Fault as fault:
            answer = refused(fault)
        except Refusal as refusal:
            answer = refused(fault_of(refusal))
        MESSAGES["taken" if answer.status_code == _OK else str(answer.status_code)].inc()
        return answer

    async def _process(self, request: Request, actor: Actor) -> Response:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() not in _TYPES:
            raise Fault(415, f"Send it with Content-Type {FHIR}")
        headers = read_headers(request.headers)
        body = await request.body()
        message = read_message(body)
        envelope = read_envelope(message, headers)
        if envelope.event not in TAKEN:
            place = "Bundle.entry[0].resource.eventCoding.code"
            raise Fault(422, f"{place} is not taken here", issue="not-supported", place=place)
        self._must_speak_for(actor, envelope.sender)
        key = self._key(message, envelope)
        async with self.reception.desks.database.unit_of_work() as unit:
            work = Work(self.reception, unit, message, envelope, headers, actor.ref, key)
            referral_id = await work.do(sha256(body).digest())
            found = await self.views.referral(unit.connection, referral_id, None)
        if found is None:
            raise NotFound("referral")
        _log.info("message.taken", message=envelope.event, reason=envelope.reason)
        event = ANSWERS.get(envelope.event, envelope.event)
        directory = self.reception.desks.playbook.directory
        return _echo(answered(found, directory, event, envelope.message_id), headers)

    async def stand(self, service_request: UUID, actor: Actor) -> Response:
        """How a referral stands, for those who may know."""
        teams = teams_of(actor) if Role.TEAM in actor.roles else None
        async with self.reception.desks.database.reading() as connection:
            names = (str(service_request),)
            known = await self.reception.referrals.find(connection, "", names)
            found = (
                await self.views.referral(connection, known.referral_id, teams) if known else None
            )
        if found is None or (Role.TEAM not in actor.roles and not self._own(actor, found.referrer)):
            return refused(Fault(404, "There is no such referral here"))
        return standing(found, self.reception.desks.playbook.directory)

    def _must_speak_for(self, actor: Actor, organisation: str) -> None:
        if not self._own(actor, organisation):
            said = "This token does not speak for the organisation that the message is from"
            raise Fault(403, said)

    def _own(self, actor: Actor, organisation: str) -> bool:
        """A token that is of teams speaks for their organisations only; one of no team is the site's own."""
        teams = self.reception.desks.playbook.directory.teams
        own = {teams[team].organisation for team in actor.teams if team in teams}
        return not own or organisation in own

    def _key(self, message: Message, envelope: Envelope) -> str:
        new = (envelope.event, envelope.reason) == (REFERRAL_REQUEST, NEW)
        if not new and not message.all(Patient):
            return ""
        return patient_key(self.site_secret, "nhs", read_whom(message).nhs_number)


def bars_door(reception: Reception, views: ReferralViews, site_secret: bytes) -> APIRouter:
    """The routes of the door."""
    router = APIRouter(tags=["fhir"])
    door = Door(reception, views, site_secret)

    @router.post("/fhir/$process-message", openapi_extra=_BODY)
    async def process(request: Request, actor: System) -> Response:
        """Take in one message: a referral, a change to it, an answer to it, or a booking.

        What was acted on already is answered 409 with the issue `duplicate`, which is success.
        """
        return await door.process(request, actor)

    @router.get("/fhir/ServiceRequest/{service_request}/$answer")
    async def answer(service_request: UUID, actor: Asker) -> Response:
        """How a referral stands, as the response message that its referrer would be sent."""
        return await door.stand(service_request, actor)

    return router


def _echo(answer: Response, headers: Headers) -> Response:
    answer.headers["X-Request-Id"] = str(headers.request_id)
    answer.headers["X-Correlation-Id"] = str(headers.correlation_id)
    return answer


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {FHIR: {"schema": {"type": "string", "format": "binary"}}},
    }
}
