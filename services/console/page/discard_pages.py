"""Giving up a parked record: a page that says what it means, and asks why."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role, allow
from services.chassis.errors import Refusal
from services.chassis.pages import Pages
from services.console.page.presenter import parked_record
from services.console.page.services import Services

Operator = Annotated[Actor, allow(Role.OPERATOR)]
PATH: Final = "/parked/{service}/{parked_id}/discard"
_LONGEST: Final = 500
_WAITS_ONLY: Final = ("gap", "behind")


def discard_pages(services: Services, pages: Pages) -> APIRouter:
    """The page before it is done, and the doing."""
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    async def ask(request: Request, _: Operator, service: str, parked_id: UUID) -> HTMLResponse:
        return pages.render(
            request, "discard.html", **await _record(services, service, parked_id), reason=""
        )

    @router.post(PATH)
    async def discard(
        request: Request,
        actor: Operator,
        service: str,
        parked_id: UUID,
        reason: Annotated[str, Form()] = "",
    ) -> Response:
        fault = _fault_of(reason)
        if fault:
            return pages.render(
                request,
                "discard.html",
                **await _record(services, service, parked_id),
                reason=reason,
                fault={"reason": fault},
            )
        handled, left = await services.discard(
            service, parked_id, by=actor.name or actor.ref, reason=reason.strip()
        )
        return RedirectResponse(f"/?discarded=true&handled={handled}&left={left}", 303)

    return router


async def _record(services: Services, service: str, parked_id: UUID) -> dict[str, Any]:
    """What the page shows. Raises `Refusal` for a record that has gone, or with which nothing is wrong."""
    records = await services.parked_records(service, parked_id)
    for record in records:
        if record["parked_id"] == str(parked_id) and record["reason"] not in _WAITS_ONLY:
            holds = record["reason"] in ("poison", "schema")
            behind = len(records) - 1 if holds else 0
            return {
                "service": service,
                "parked_id": parked_id,
                "record": parked_record(record),
                "behind": behind,
                "longest": _LONGEST,
            }
    sentence = "Nothing is wrong with this record: it waits for an earlier one."
    raise Refusal("console.waits_for_another", "refused", sentence)


def _fault_of(reason: str) -> str:
    if not reason.strip():
        return "Say why this record need not be handled"
    if len(reason.strip()) > _LONGEST:
        return f"Say it in {_LONGEST} characters or fewer"
    return ""
