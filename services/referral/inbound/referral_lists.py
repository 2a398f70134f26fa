"""Referrals as JSON, for other programs: send one, list them, read one with its letter."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.chassis.answers import wants_page
from services.chassis.errors import Refusal
from services.chassis.idempotency import Commanded, once
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.chassis.web import correlation
from services.referral.domain.errors import NotFound
from services.referral.inbound.lists import Page
from services.referral.inbound.reception import Reception, received
from services.referral.inbound.referral_bodies import Referring
from services.referral.inbound.requests import (
    Listing,
    Member,
    Reader,
    patient_key_of,
    teams_of,
    write_cursor,
)
from services.referral.usecases.referral_views import (
    ReferralView,
    ReferralViews,
    WholeReferralView,
)

_SAFELY = {
    "Content-Disposition": "attachment",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


def referral_lists(reception: Reception, views: ReferralViews) -> APIRouter:
    """`POST /referrals`, `GET /referrals` and `/referrals/{id}`."""
    router = APIRouter(prefix="/referrals", tags=["referrals"])
    database = reception.desks.database

    @router.post("", status_code=201)
    async def refer(
        body: Referring,
        request: Request,
        command: Commanded,
        actor: Member,
        x_patient_identifier: Annotated[
            str, Header(max_length=20, description="NHS number; never in an address or a body")
        ] = "",
    ) -> Response:
        """Refer a patient to another team; your team stays accountable until that one accepts."""
        if not x_patient_identifier:
            sentence = "Send the patient's NHS number in the header X-Patient-Identifier."
            raise Refusal("request.patient_missing", "invalid", sentence)
        key = patient_key_of(request, x_patient_identifier)
        number = "".join(x_patient_identifier.split()).replace("-", "")

        async def work(unit: UnitOfWork) -> dict[str, object]:
            new = await reception.refer(unit, body, key, number, actor)
            journey = correlation(request)
            return received(await reception.take(unit, new, Cause(journey, journey)))

        return await once(database, command, actor, work, status=201)

    @router.get("")
    async def referrals(asked: Listing, actor: Reader) -> Page[ReferralView]:
        """Referrals that your teams sent or were asked for, the newest first; `team` is one of both."""
        filters = asked.filters(actor)
        async with database.reading() as connection:
            rows = await views.referrals(connection, filters)
        shown = rows[: filters.limit - 1]
        last = shown[-1] if len(rows) > len(shown) else None
        return Page(shown, write_cursor(last.received_at, last.referral_id) if last else None)

    @router.get("/{referral_id}", response_model=WholeReferralView)
    async def referral(
        referral_id: UUID, request: Request, actor: Reader
    ) -> WholeReferralView | Response:
        """Where it is, how long the patient has waited, its appointments and its letter."""
        if wants_page(request):
            return RedirectResponse(f"/worklist/referrals/{referral_id}", 303)
        async with database.reading() as connection:
            found = await views.referral(connection, referral_id, teams_of(actor))
        if found is None:
            raise NotFound("referral")
        return found

    @router.get("/{referral_id}/attachments/{attachment_id}")
    async def attachment(referral_id: UUID, attachment_id: UUID, actor: Reader) -> Response:
        """What came with the letter, byte for byte."""
        async with database.reading() as connection:
            found = await views.attachment(connection, referral_id, attachment_id, teams_of(actor))
        if found is None:
            raise NotFound("attachment")
        content_type, content = found
        return Response(content, media_type=content_type, headers=_SAFELY)

    return router
