"""Handovers, offers and tasks as JSON, for other programs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.chassis.answers import wants_page
from services.chassis.connection import Connection
from services.chassis.database import Database
from services.referral.domain.errors import NotFound
from services.referral.inbound.requests import Listing, Reader, teams_of, write_cursor
from services.referral.usecases.ports import Views
from services.referral.usecases.referral_views import ReferralView
from services.referral.usecases.views import Filters, HandoverView, OfferView, TaskView, WholeView

View = TypeVar("View", HandoverView, OfferView, TaskView, ReferralView)


@dataclass(frozen=True)
class Page(Generic[View]):
    """Some rows of a list."""

    items: Sequence[View]
    next: str | None
    """Send it as `cursor` for the rows that follow; null: there are no more."""


def lists(database: Database, views: Views) -> APIRouter:
    """`GET /handovers`, `/handovers/{id}`, `/offers` and `/tasks`."""
    router = APIRouter()

    async def page(
        read: Callable[[Connection, Filters], Awaitable[list[View]]],
        filters: Filters,
        place: Callable[[View], tuple[datetime, UUID]],
    ) -> Page[View]:
        async with database.reading() as connection:
            rows = await read(connection, filters)
        shown = rows[: filters.limit - 1]
        return Page(shown, write_cursor(*place(shown[-1])) if len(rows) > len(shown) else None)

    @router.get("/handovers", tags=["handovers"])
    async def handovers(asked: Listing, actor: Reader) -> Page[HandoverView]:
        """Handovers that your teams sent, were asked to take part in, or were told of in silence; newest first.

        `state` is `open`, `completed` or `withdrawn`; `due_before` looks at the next open task.
        """
        return await page(
            views.handovers, asked.filters(actor), lambda row: (row.opened_at, row.handover_id)
        )

    @router.get("/handovers/{handover_id}", tags=["handovers"], response_model=WholeView)
    async def handover(handover_id: UUID, request: Request, actor: Reader) -> WholeView | Response:
        """One handover with its offers, tasks, owners and history. A browser is led to its page."""
        if wants_page(request):
            return RedirectResponse(f"/worklist/handovers/{handover_id}", 303)
        async with database.reading() as connection:
            whole = await views.whole(connection, handover_id, teams_of(actor))
        if whole is None:
            raise NotFound("handover")
        return whole

    @router.get("/offers", tags=["offers"])
    async def offers(asked: Listing, actor: Reader) -> Page[OfferView]:
        """Offers made to your teams, or by them; the earliest deadline first.

        `state` is `offered`, `accepted`, `declined`, `redirected` or `withdrawn`. `priority` and `skills` are those of its tasks.
        """
        return await page(
            views.offers, asked.filters(actor), lambda row: (row.due_at, row.offer_id)
        )

    @router.get("/tasks", tags=["tasks"])
    async def tasks(asked: Listing, actor: Reader) -> Page[TaskView]:
        """Tasks that your teams own, are offered, or were told of in silence; the earliest deadline first.

        `state` is `open`, `closed` or a FHIR Task status; `team` is one of yours.
        """
        return await page(views.tasks, asked.filters(actor), lambda row: (row.due_at, row.task_id))

    return router
