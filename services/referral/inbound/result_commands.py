"""Missing results, for other programs: say that one is missing, and read the register."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.chassis.answers import wants_page
from services.referral.inbound.bodies import Expecting
from services.referral.inbound.desks import Desks, MemberErrand
from services.referral.inbound.lists import Page
from services.referral.inbound.requests import Reader, read_place, write_place
from services.referral.inbound.result_pages import RESULTS
from services.referral.inbound.worklist_pages import narrowed
from services.referral.usecases.expect_result import expect_result
from services.referral.usecases.result_views import Register, RegisterAsked
from services.referral.usecases.views import TaskView


def result_commands(desks: Desks, register: Register) -> APIRouter:
    """`POST /handovers/{id}/results` and `GET /results`."""
    router = APIRouter(tags=["results"])

    @router.post("/handovers/{handover_id}/results")
    async def expect(handover_id: UUID, body: Expecting, errand: MemberErrand) -> Response:
        """Say that a result was still missing when the patient left: the team that ordered it gets a task.

        Takes an `Idempotency-Key`. Nothing is made twice: the same test of the same day is one result while it is
        missing. `added_task_id` is the task that looks for it, where one was made.
        """
        return await desks.act(
            errand,
            lambda unit, desk: expect_result(
                unit,
                desk,
                handover_id,
                test=body.test,
                ordered_by=body.ordered_by,
                expected_on=body.expected_on,
            ),
        )

    @router.get("/results", response_model=Page[TaskView])
    async def results(
        request: Request,
        actor: Reader,
        team: Annotated[str, Query(max_length=60, description="Directory id")] = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 25,
        cursor: Annotated[str, Query(max_length=200, description="`next` of the page before")] = "",
    ) -> Page[TaskView] | Response:
        """Results that your teams look for, ordered or are asked to take: the newest lateness first, then what is next.

        Each is the task that looks for it; `about` is the test, `ordered_by` the team, `expected_on` the day. A
        browser is led to its page.
        """
        if wants_page(request):
            return RedirectResponse(RESULTS, 303)
        after = read_place(cursor) if cursor else None
        async with desks.database.reading() as connection:
            asked = RegisterAsked(narrowed(actor, team), after, limit)
            found = await register.page(connection, asked)
        return Page(found.tasks, write_place(found.next) if found.next else None)

    return router
