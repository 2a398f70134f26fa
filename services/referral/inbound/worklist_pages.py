"""The worklist: what waits for the teams of the signed-in person, a heading a patient, the most pressing first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.access import Actor, Role
from services.chassis.database import Database
from services.chassis.pages import Pages
from services.referral.domain.calendars import instant, local_date
from services.referral.domain.directory import Directory
from services.referral.domain.people import Skill
from services.referral.inbound.requests import (
    Reader,
    covered_by,
    read_cursor,
    read_place,
    teams_of,
    write_cursor,
    write_place,
)
from services.referral.inbound.words import SKILLS
from services.referral.inbound.worklist_cards import (
    PatientCard,
    offer_card,
    patient_card,
    person_card,
)
from services.referral.inbound.worklist_cards import Reader as ListReader
from services.referral.usecases.ports import Views
from services.referral.usecases.views import Filters
from services.referral.usecases.webhook_records import Webhooks
from services.referral.usecases.worklist import (
    ALL_ITEMS_OF_A_PATIENT,
    ITEMS_OF_A_PATIENT,
    SHOWS,
    ListAsked,
    ListPage,
    Show,
    Worklists,
)

PER_PAGE = 25
WAITING = "/worklist/waiting"
ANY_SKILL = "any"
FILTERS: Mapping[Show, str] = {
    "all": "Everything",
    "mine": "Taken by me",
    "unclaimed": "Taken by nobody",
    "unanswered": "Waiting for our answer",
    "overdue": "Overdue",
    "today": "Due today",
    "snoozed": "Put away",
}
NOTICES: Mapping[str, str] = {
    "declined": "You declined the offer. The sender stays accountable and has been told why.",
    "completed": "The task is done.",
    "failed": "You said that the task cannot be done. The coordinator has been given a task to decide what next.",
    "taken": "You have taken the task.",
    "put-back": "The task is back on the list for whoever takes it next.",
    "put-away": "The task is put away. It comes back by itself, and its deadline rings as before.",
    "redirected": "You passed it on. Your team stays accountable until somebody accepts.",
}

Team = Annotated[str, Query(max_length=60)]
Cursor = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address of a worklist says: never who somebody is."""

    show: Show
    skill: str
    team: str
    after: str
    whole: bool
    """All of each patient's items instead of the first few."""

    def address(self, **changes: str) -> str:
        """The address with other choices; from the first page on unless `after` is named."""
        whole = {"whole": "true"} if self.whole else {}
        choices = {"show": self.show, "skill": self.skill, "team": self.team} | whole | changes
        return _address("/", **{k: v for k, v in choices.items() if (k, v) != ("show", "all")})

    def skills(self, actor: Actor) -> frozenset[str] | None:
        """Only work of these skills: what was chosen, or what the person does; None: any."""
        if self.skill == ANY_SKILL:
            return None
        return frozenset({self.skill}) if self.skill else actor.skills or None


def read_chosen(
    show: Annotated[str, Query(max_length=20)] = "all",
    skill: Annotated[str, Query(max_length=20)] = "",
    team: Team = "",
    after: Cursor = "",
    whole: Annotated[str, Query(max_length=20)] = "",
) -> Chosen:
    """An unknown choice is as if nothing was chosen."""
    known: Show = next((one for one in SHOWS if one == show), "all")
    return Chosen(
        known, skill if skill in (*get_args(Skill), ANY_SKILL) else "", team, after, whole == "true"
    )


def worklist_pages(
    database: Database,
    worklists: Worklists,
    directory: Directory,
    pages: Pages,
    names: Mapping[str, str],
    out_of_hours: frozenset[str],
    webhooks: Webhooks,
) -> APIRouter:
    """`/`. The teams `out_of_hours` find their own list of the whole place there too."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def worklist(
        request: Request,
        actor: Reader,
        chosen: Annotated[Chosen, Depends(read_chosen)],
        done: str = "",
    ) -> HTMLResponse:
        teams = narrowed(actor, chosen.team)
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            asked = ListAsked(
                teams=teams,
                me=actor.ref,
                today_ends=_end_of_day(now),
                show=chosen.show,
                skills=chosen.skills(actor),
                after=read_place(chosen.after) if chosen.after else None,
                items=ALL_ITEMS_OF_A_PATIENT if chosen.whole else ITEMS_OF_A_PATIENT,
            )
            page = await worklists.page(connection, asked)
            nobody = await worklists.without_coordinator(connection, teams)
            deaf = await webhooks.switched_off(connection, None if teams is None else sorted(teams))
        mine = team_choices(actor, directory)
        reader = ListReader(actor, mine[0][0] if len(mine) == 1 else "", names)
        return pages.render(
            request,
            "worklist.html",
            patients=_cards(page, directory, now, reader),
            filters=[
                (text, page.counts[show], chosen.address(show=show), show == chosen.show)
                for show, text in FILTERS.items()
            ],
            nobody_named=[
                (person_card(one.person, now), f"/worklist/handovers/{one.handover_id}")
                for one in nobody
            ],
            covered=sorted(map(directory.name_of, covered_by(request))),
            deaf=sorted(map(directory.name_of, deaf)),
            teams=mine,
            chosen=chosen,
            skills=[(skill, SKILLS[skill]) for skill in get_args(Skill)],
            own_skills=[SKILLS.get(skill, skill) for skill in sorted(actor.skills)],
            other_skills=page.other_skills,
            all_skills=chosen.address(skill=ANY_SKILL),
            overdue=page.counts["overdue"],
            here=chosen.address(after=chosen.after),
            whole=chosen.address(after=chosen.after, whole="true"),
            first=chosen.address() if chosen.after else "",
            more=chosen.address(after=write_place(page.next)) if page.next else "",
            as_of=now,
            may_act=Role.TEAM in actor.roles,
            looks_after_place=teams is None or bool(actor.teams & out_of_hours),
            notice=NOTICES.get(done),
        )

    return router


def waiting_pages(
    database: Database, views: Views, directory: Directory, pages: Pages
) -> APIRouter:
    """`/worklist/waiting`: what was asked of others, and what they passed on."""
    router = APIRouter(include_in_schema=False)

    @router.get(WAITING)
    async def waiting(
        request: Request, actor: Reader, team: Team = "", after: Cursor = ""
    ) -> HTMLResponse:
        filters = Filters(
            teams=narrowed(actor, team),
            after=read_cursor(after) if after else None,
            limit=PER_PAGE + 1,
        )
        async with database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            offers = await views.waiting_for_others(connection, filters)
        shown = offers[:PER_PAGE]
        more = write_cursor(shown[-1].due_at, shown[-1].offer_id) if len(offers) > PER_PAGE else ""
        return pages.render(
            request,
            "waiting.html",
            offers=[offer_card(offer, directory, now) for offer in shown],
            teams=team_choices(actor, directory),
            as_of=now,
            team=team,
            here=_address(WAITING, team=team, after=after),
            first=_address(WAITING, team=team) if after else "",
            more=_address(WAITING, team=team, after=more) if more else "",
        )

    return router


def narrowed(actor: Actor, team: str) -> frozenset[str] | None:
    """One of somebody's teams, if they chose one; another team's name shows nothing."""
    mine = teams_of(actor)
    if not team:
        return mine
    return frozenset({team}) if mine is None else mine & {team}


def team_choices(actor: Actor, directory: Directory) -> list[tuple[str, str]]:
    """The teams that somebody may choose from, by name."""
    mine = teams_of(actor)
    ids = directory.teams if mine is None else mine
    return sorted(
        ((team, directory.name_of(team)) for team in ids), key=lambda entry: entry[1].lower()
    )


def _cards(
    page: ListPage, directory: Directory, now: datetime, reader: ListReader
) -> list[PatientCard]:
    return [patient_card(heading, directory, now, reader) for heading in page.headings]


def _end_of_day(now: datetime) -> datetime:
    # What is due at midnight is due today.
    return instant(local_date(now) + timedelta(days=1), time()) + timedelta(microseconds=1)


def _address(path: str, **parameters: str) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
