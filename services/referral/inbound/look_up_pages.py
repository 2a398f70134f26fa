"""The front desk's page, and the list for teams that look after a place while others are closed."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.access import EVERY_TEAM, Actor
from services.chassis.errors import Refusal
from services.chassis.pages import Pages, person_name
from services.referral.domain.directory import Directory
from services.referral.domain.errors import OutOfHoursOnly
from services.referral.domain.queues import Queues
from services.referral.inbound.desks import Desks
from services.referral.inbound.requests import (
    Reader,
    patient_key_of,
    read_place,
    teams_of,
    write_place,
)
from services.referral.inbound.words import PRIORITIES, SKILLS, due_tag, near
from services.referral.inbound.worklist_cards import person_card
from services.referral.inbound.worklist_pages import Cursor
from services.referral.usecases.look_up import Desk, LookUps
from services.referral.usecases.views import TaskView

RECEPTION, OUT_OF_HOURS = "/reception", "/out-of-hours"
PER_PAGE = 50


def look_up_pages(desks: Desks, look_ups: LookUps, queues: Queues, pages: Pages) -> APIRouter:
    """`/reception` and `/out-of-hours`. Whoever looks is written down."""
    router = APIRouter(include_in_schema=False)
    directory = desks.playbook.directory

    @router.get(RECEPTION)
    async def ask(request: Request, _: Reader) -> HTMLResponse:
        return pages.render(request, "reception.html")

    @router.post(RECEPTION)
    async def look_up(
        request: Request, actor: Reader, nhs_number: Annotated[str, Form(max_length=20)] = ""
    ) -> HTMLResponse:
        """The number comes in the body, so that it is in no address and no log."""
        try:
            key = patient_key_of(request, nhs_number)
        except Refusal:
            fault = {"nhs-number": "Enter an NHS number of 10 digits"}
            return pages.render(request, "reception.html", fault=fault, typed=nhs_number)
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            found = await look_ups.at_reception(connection, key, teams_of(actor))
            shown = len(found.waiting) if found else 0
            await look_ups.write_down(connection, actor.ref, actor.teams, "reception", key, shown)
        return pages.render(
            request,
            "reception.html",
            asked=True,
            found=_at_the_desk(found, directory, now) if found else None,
        )

    @router.get(OUT_OF_HOURS)
    async def out_of_hours(request: Request, actor: Reader, after: Cursor = "") -> HTMLResponse:
        teams = _neighbours(actor, queues, directory)
        async with desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            place = read_place(after) if after else None
            tasks = await look_ups.out_of_hours(connection, teams, place, PER_PAGE + 1)
            shown = tasks[:PER_PAGE]
            await look_ups.write_down(
                connection, actor.ref, actor.teams, "out-of-hours", "", len(shown)
            )
        more = _after(shown[-1]) if len(tasks) > PER_PAGE else ""
        return pages.render(
            request,
            "out_of_hours.html",
            tasks=[_pressing(task, directory, now) for task in shown],
            as_of=now,
            first=OUT_OF_HOURS if after else "",
            more=f"{OUT_OF_HOURS}?after={more}" if more else "",
        )

    return router


def _at_the_desk(found: Desk, directory: Directory, now: datetime) -> dict[str, Any]:
    """Whom to pass a caller to; of somebody whose whereabouts are protected not even that."""
    if found.person.restricted:
        return {"restricted": True}
    waiting = found.waiting
    ahead = [one.due_at for one in waiting if one.due_at > now]
    teams = dict.fromkeys((one.team, one.asked, one.skill) for one in waiting)
    return {
        "restricted": False,
        "name": person_name(found.person) if found.person.known else "Name not known here",
        "late": sum(one.due_at <= now for one in waiting),
        "next": near(min(ahead), now) if ahead else "",
        "contact": found.coordinator_name,
        "contact_phone": found.coordinator_phone,
        "coordinator": directory.name_of(found.coordinator_team),
        "coordinator_phone": _phone(found.coordinator_team, directory),
        "teams": [
            (
                directory.name_of(team),
                _phone(team, directory),
                SKILLS.get(skill, "Other"),
                "Asked, has not answered yet" if asked else "Is dealing with it",
            )
            for team, asked, skill in teams
        ],
    }


def _pressing(task: TaskView, directory: Directory, now: datetime) -> dict[str, Any]:
    where = task.person.restricted
    return {
        "person": person_card(task.person, now),
        "title": task.rule.title,
        "due": due_tag(task.due_at, now),
        "tags": [PRIORITIES[task.priority]] if task.priority in PRIORITIES else [],
        "team": "Not shown" if where else directory.name_of(task.owner_team),
        "phone": "" if where else _phone(task.owner_team, directory),
    }


def _phone(team: str, directory: Directory) -> str:
    known = directory.teams.get(team)
    return known.phone if known else ""


def _neighbours(actor: Actor, queues: Queues, directory: Directory) -> list[str]:
    """Every team of the places that somebody looks after. Raises `OutOfHoursOnly`."""
    if EVERY_TEAM in actor.teams:
        return sorted(directory.teams)
    mine = [directory.teams[team] for team in actor.teams & queues.out_of_hours]
    if not mine:
        raise OutOfHoursOnly
    places = {team.place for team in mine}
    return sorted(team.id for team in directory.teams.values() if team.place in places)


def _after(task: TaskView) -> str:
    rank = {"stat": 0, "asap": 1, "urgent": 2}.get(task.priority, 3)
    return write_place((rank * 1e11 + task.due_at.timestamp(), task.task_id))
