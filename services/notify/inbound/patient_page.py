"""The patient's private page: /p/<token>, and what they may answer there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from services.chassis.access import Actor, Role, allow
from services.notify.domain.answers import AGREED, CHANGED, WORSE
from services.notify.domain.errors import TeamNotToChoose
from services.notify.inbound.patient_door import PatientDoor

Holder = Annotated[Actor, allow(Role.PATIENT_LINK, Role.PUBLIC)]
Answerer = Annotated[Actor, allow(Role.PATIENT_LINK)]
Key = Annotated[UUID, Form(alias="idempotency_key")]
Team = Annotated[str, Form(max_length=100)]


def patient_page(door: PatientDoor) -> APIRouter:
    """The routes. The token is the key: whoever holds it is let in, so it stands in no log and in no other address."""
    router = APIRouter(include_in_schema=False)

    @router.get("/p/{token}")
    async def show(request: Request, token: str, _: Holder) -> Response:
        return await door.show(request, token, "plan.html")

    @router.get("/p/{token}/worse")
    async def ask_worse(request: Request, token: str, _: Holder) -> Response:
        return await door.show(request, token, "worse.html")

    @router.post("/p/{token}/worse")
    async def worse(request: Request, token: str, key: Key, _: Answerer) -> Response:
        return await door.answer(request, token, WORSE, key)

    @router.get("/p/{token}/contact")
    async def ask_contact(request: Request, token: str, _: Holder) -> Response:
        return await door.show(request, token, "contact.html")

    @router.post("/p/{token}/contact/agree")
    async def agree(request: Request, token: str, key: Key, _: Answerer) -> Response:
        return await door.answer(request, token, AGREED, key)

    @router.post("/p/{token}/contact")
    async def choose(
        request: Request, token: str, key: Key, _: Answerer, team: Team = ""
    ) -> Response:
        try:
            return await door.answer(request, token, CHANGED, key, team)
        except TeamNotToChoose:
            error = "Choose who should be your contact"
            return await door.show(request, token, "contact.html", error=error)

    return router
