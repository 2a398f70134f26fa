"""A team's own figures: as a page, as JSON and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.chassis.access import Actor
from services.chassis.database import Database
from services.chassis.pages import Pages
from services.referral.domain.calendars import instant, local_date
from services.referral.domain.directory import Directory
from services.referral.domain.errors import NotFound
from services.referral.inbound.drawing import draw
from services.referral.inbound.measure_figures import Figures, as_rows, figures
from services.referral.inbound.requests import Reader
from services.referral.usecases.measure_views import Measures

MEASURES = "/measures"
_HALF_A_YEAR = timedelta(weeks=26)
_LONGEST = timedelta(weeks=3 * 53)
_COLUMNS = ("measure", "sender", "week", "count", "median_hours", "ninetieth_hours")

Day = Annotated[date | None, Query(description="Local date, included")]
Named = Annotated[str, Query(max_length=60, description="Directory id")]


@dataclass(frozen=True, slots=True)
class _Asked:
    team: str
    since: date
    until: date


def measure_pages(
    database: Database,
    measures: Measures,
    directory: Directory,
    contacts: Sequence[str],
    pages: Pages,
) -> APIRouter:
    """`/measures`, `/measures.json` and `/measures.csv`, of the teams that somebody acts for."""
    router = APIRouter(tags=["measures"])

    async def read(
        actor: Actor, team: str, since: date | None, until: date | None
    ) -> tuple[Figures, _Asked]:
        teams = _teams(actor, directory)
        if not teams or (team and team not in teams):
            raise NotFound("team")
        async with database.reading() as connection:
            now: datetime = await connection.fetchval("SELECT clock_timestamp()")
            last = min(until or local_date(now), local_date(now))
            first = max(since or last - _HALF_A_YEAR, last - _LONGEST)
            asked = _Asked(team or teams[0], first, last)
            measured = await measures.of_team(
                connection,
                asked.team,
                instant(first, time.min),
                instant(last + timedelta(days=1), time.min),
                contacts,
            )
        return figures(measured, directory), asked

    @router.get(MEASURES, include_in_schema=False)
    async def show(
        request: Request, actor: Reader, team: Named = "", since: Day = None, until: Day = None
    ) -> HTMLResponse:
        shown, asked = await read(actor, team, since, until)
        return pages.render(
            request,
            "measures.html",
            shown=shown,
            asked=asked,
            name=directory.name_of(asked.team),
            teams=[(each, directory.name_of(each)) for each in _teams(actor, directory)],
            drawings={each.lag: draw(each.chart) for each in shown.charts if each.chart},
        )

    @router.get(f"{MEASURES}.json")
    async def as_json(
        actor: Reader, team: Named = "", since: Day = None, until: Day = None
    ) -> dict[str, Any]:
        """A team's figures for a period: hours from the discharge to acceptance, first contact and completion.

        Figures about fewer than five people are not given, nor those from which they could be worked out.
        """
        shown, asked = await read(actor, team, since, until)
        return {
            "team": asked.team,
            "since": asked.since,
            "until": asked.until,
            "rows": as_rows(shown),
        }

    @router.get(f"{MEASURES}.csv", response_class=Response)
    async def as_csv(
        actor: Reader, team: Named = "", since: Day = None, until: Day = None
    ) -> Response:
        """The same as a table for spreadsheets."""
        shown, asked = await read(actor, team, since, until)
        text = io.StringIO()
        table = csv.DictWriter(text, _COLUMNS)
        table.writeheader()
        table.writerows(as_rows(shown))
        name = f"measures-{asked.team}-{asked.since}-{asked.until}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(text.getvalue(), media_type="text/csv", headers=headers)

    return router


def _teams(actor: Actor, directory: Directory) -> list[str]:
    """The teams that somebody may read about, by name."""
    return sorted(
        (team for team in directory.teams if actor.serves(team)),
        key=directory.name_of,
    )
