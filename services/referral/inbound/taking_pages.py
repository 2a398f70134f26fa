"""Taking a task, putting it back, giving it to a colleague, and putting it away for a while, in a browser."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from services.chassis.sessions import own_path
from services.referral.domain.errors import ReasonMissing
from services.referral.inbound.desks import MemberErrand
from services.referral.inbound.task_page import TaskPage, moment
from services.referral.inbound.words import SKILLS, until
from services.referral.inbound.worklist_cards import person_card
from services.referral.usecases.snooze_task import snooze_task, wake_task
from services.referral.usecases.take_task import claim_task, put_back_task, reassign_task

Short = Annotated[str, Form(max_length=200)]
Flag = Annotated[bool, Form()]


def taking_pages(page: TaskPage) -> APIRouter:
    """Below `/worklist/tasks/{id}`; `back` is the list that somebody came from."""
    router = APIRouter(prefix="/worklist/tasks/{task_id}", include_in_schema=False)

    @router.post("/claim")
    async def claim(
        task_id: UUID,
        errand: MemberErrand,
        back: Short = "",
        confirmed: Flag = False,
        take_over: Flag = False,
    ) -> Response:
        task, now = await page.read(task_id, errand.actor)
        own = errand.actor.skills
        if own and task.skill not in own and not confirmed:
            return page.pages.render(
                errand.request,
                "claim.html",
                title=task.name,
                link=f"/worklist/tasks/{task_id}",
                skill=SKILLS.get(task.skill, task.skill),
                own=[SKILLS.get(skill, skill) for skill in sorted(own)],
                due=until(task.due_at, now),
                person=person_card(task.person, now),
                back=own_path(back) if back else "",
                take_over=take_over,
            )
        return await page.act(
            errand,
            task_id,
            lambda unit, desk: claim_task(unit, desk, task_id, take_over=take_over),
            "taken",
            _back(back),
        )

    @router.post("/put-back")
    async def put_back(task_id: UUID, errand: MemberErrand, back: Short = "") -> Response:
        return await page.act(
            errand,
            task_id,
            lambda unit, desk: put_back_task(unit, desk, task_id),
            "put-back",
            _back(back),
        )

    @router.post("/reassign")
    async def reassign(task_id: UUID, errand: MemberErrand, colleague: Short = "") -> Response:
        person = colleague.strip()
        if not person:
            missing = ReasonMissing("Say which colleague takes the task.")
            fault = {"colleague": missing.sentence}
            return await page.show(task_id, errand.request, errand.actor, fault=fault)
        return await page.act(
            errand,
            task_id,
            lambda unit, desk: reassign_task(unit, desk, task_id, person=person),
            "given",
        )

    @router.post("/snooze")
    async def snooze(
        task_id: UUID,
        errand: MemberErrand,
        until: Short = "",
        away_because: Short = "",
    ) -> Response:
        at, given = moment(until), {"until": until, "away_because": away_because}
        if at is None:
            fault = {"until": "Choose until when the task is put away."}
            return await page.show(task_id, errand.request, errand.actor, given, fault=fault)
        return await page.act(
            errand,
            task_id,
            lambda unit, desk: snooze_task(unit, desk, task_id, until=at, reason=away_because),
            "away_because",
            RedirectResponse(f"/worklist/tasks/{task_id}?done=away", 303),
            given,
        )

    @router.post("/wake")
    async def wake(task_id: UUID, errand: MemberErrand) -> Response:
        return await page.act(
            errand, task_id, lambda unit, desk: wake_task(unit, desk, task_id), "back"
        )

    return router


def _back(path: str) -> Response | None:
    return RedirectResponse(own_path(path), 303) if path else None
