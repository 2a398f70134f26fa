"""Pages of lists for integration engineers: messages, data quality, and identities that wait for a check."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.database import Database
from services.chassis.pages import Pages
from services.chassis.wording import LONDON
from services.discharge.domain.message import Door
from services.discharge.inbound.flag_words import WORDS, kind_of
from services.discharge.inbound.listing import NAME, Asked, Engineer, Staff, filters, may_see_bodies
from services.discharge.inbound.message_cards import card, held_cards, quality_row
from services.discharge.inbound.message_words import DOORS
from services.discharge.usecases.confirm_identity import confirm_identity
from services.discharge.usecases.list_messages import list_messages
from services.discharge.usecases.read_data_quality import MOST_DAYS, read_data_quality
from services.discharge.usecases.resubmit_message import Bench

INTAKE, QUALITY, IDENTITY = "/intake", "/data-quality", "/identities"
_SHOWN: Mapping[str, str] = {
    "waiting": "Refused and not sent again yet",
    "clash": "Sharing a control id with another",
    "all": "All messages",
}
_KINDS = sorted({kind_of(flag) for flag in WORDS})


class Wanted(BaseModel):
    """The form above the list."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    show: Literal["waiting", "clash", "all"] = "waiting"
    source: Annotated[str, Field(max_length=201, pattern=NAME)] = ""
    event: Annotated[str, Field(max_length=40, pattern=NAME)] = ""
    answer: Literal["", "AA", "AE", "AR"] = ""
    door: Door | Literal[""] = ""
    flag: Annotated[str, Field(max_length=120, pattern=NAME)] = ""
    first: Annotated[str, Field(max_length=10)] = ""
    last: Annotated[str, Field(max_length=10)] = ""
    spell: UUID | None = None
    before: UUID | None = None

    def address(self, **changes: object) -> str:
        """The list with these parameters."""
        asked = self.model_dump() | changes
        given = {name: str(value) for name, value in asked.items() if value}
        return f"{INTAKE}?{urlencode(given)}"


def intake_pages(database: Database, bench: Bench, pages: Pages) -> APIRouter:
    """`/`, `/intake`, `/data-quality` and `/identities`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def start(_: Staff) -> Response:
        return RedirectResponse(INTAKE, 303)

    @router.get(INTAKE)
    async def messages(
        request: Request, actor: Staff, wanted: Annotated[Wanted, Query()]
    ) -> HTMLResponse:
        since, until, faults = _days(wanted)
        asked = Asked(
            source=wanted.source,
            answer=wanted.answer,
            door=wanted.door,
            spell=wanted.spell,
            clash=wanted.show == "clash",
            waiting=wanted.show == "waiting",
            before=wanted.before,
        )
        found = replace(
            filters(asked, actor),
            event=wanted.event.strip(),
            flag=wanted.flag,
            since=since,
            until=until,
        )
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            rows, more = await list_messages(connection, bench.reviews, found, now)
        return pages.render(
            request,
            "intake.html",
            fault=faults,
            messages=[card(row) for row in rows],
            wanted=wanted,
            shown=_SHOWN,
            kinds=_KINDS,
            doors=DOORS,
            here=wanted.address(),
            first=wanted.address(before=None) if wanted.before else "",
            more=wanted.address(before=rows[-1]["message_id"]) if more else "",
        )

    @router.get(QUALITY)
    async def quality(
        request: Request, _: Staff, days: Annotated[int, Query(ge=1, le=MOST_DAYS)] = 7
    ) -> HTMLResponse:
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            rows = await read_data_quality(connection, bench.reviews, now, days, own_of=None)
        found = [quality_row(row) for row in rows]
        return pages.render(request, "intake-quality.html", rows=found, days=days)

    @router.get(IDENTITY)
    async def identity(request: Request, actor: Staff, done: str = "") -> HTMLResponse:
        async with database.reading() as connection:
            rows = await bench.reviews.held(connection)
        engineer = may_see_bodies(actor)
        return pages.render(
            request,
            "intake-identity.html",
            held=held_cards(rows, engineer=engineer),
            may_confirm=engineer,
            notice="The identity is confirmed. Messages to the patient go on." if done else None,
        )

    @router.post(IDENTITY)
    async def confirm(
        actor: Engineer,
        patient_key: Annotated[str, Form(max_length=100, pattern=r"^[\x21-\x7e]+$")],
    ) -> Response:
        async with database.unit_of_work() as unit:
            await confirm_identity(unit, bench.stores, patient_key, actor.ref, unit.now)
        return RedirectResponse(f"{IDENTITY}?done=yes", 303)

    return router


def _days(wanted: Wanted) -> tuple[datetime | None, datetime | None, dict[str, str]]:
    """The times between which messages are shown, and what is wrong with the days that were typed in."""
    faults: dict[str, str] = {}
    times: list[datetime | None] = []
    for field in ("first", "last"):
        text = getattr(wanted, field).strip()
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date() if text else None  # noqa: DTZ007
            later = timedelta(days=1 if field == "last" else 0)
            times.append(datetime.combine(day + later, time(), LONDON) if day else None)
        except (ValueError, OverflowError):
            times.append(None)
            faults[field] = "Enter a day, for example 2026-11-22"
    return times[0], times[1], faults
