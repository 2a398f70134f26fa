"""The alerts of teams as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from services.chassis.access import Actor, Role, allow
from services.chassis.database import Database
from services.chassis.idempotency import Commanded, once
from services.chassis.unit_of_work import UnitOfWork
from services.notify.usecases.acknowledge_alert import acknowledge_alert
from services.notify.usecases.ports import Stores
from services.notify.usecases.read_alerts import read_alerts

Reader = Annotated[Actor, allow(Role.TEAM, Role.OPERATOR)]
Member = Annotated[Actor, allow(Role.TEAM)]


class AlertOut(BaseModel):
    """One alert of a team; who the patient is, the worklist says to those who may know."""

    model_config = ConfigDict(from_attributes=True)

    alert_id: UUID
    handover_id: UUID
    team: str
    """Directory id."""
    kind: str
    """`opened`, `duty`, `added`, `offered`, `handed-on`, `redirected`, `declined`, `unanswered`, `warned`, `escalated`,
    `still-late`, `changed`, `reopened`, `referral` or `withdrawn`."""
    milestone: str
    """How far the time for the task has gone, for example `50%` or `breach`."""
    digest: bool
    """Its e-mail is the team's one message of the day."""
    urgent: bool
    task_count: int
    due_at: datetime | None
    """The earliest deadline among the tasks."""
    made_at: datetime
    state: str
    """Of the e-mail: `waiting`, `sent`, `withheld` or `failed`."""
    reason: str
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    overtaken: bool
    """The handover was withdrawn since: see the alert that says so."""


class AlertsOut(BaseModel):
    alerts: list[AlertOut]


class AcknowledgedOut(BaseModel):
    alert_id: UUID
    acknowledged: bool = True


def alerts_api(database: Database, stores: Stores) -> APIRouter:
    """`GET /alerts` and `POST /alerts/{alert_id}/acknowledge`."""
    router = APIRouter(tags=["alerts"])

    @router.get("/alerts")
    async def alerts(
        actor: Reader,
        team: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> AlertsOut:
        """Alerts of your teams: what wants attention first, and of that what says stop. Another team's list is empty."""
        async with database.reading() as connection:
            views = await read_alerts(
                connection, actor, stores, team=team, limit=limit, offset=offset
            )
        return AlertsOut(alerts=[AlertOut.model_validate(view) for view in views])

    @router.post("/alerts/{alert_id}/acknowledge", response_model=AcknowledgedOut)
    async def acknowledge(alert_id: UUID, command: Commanded, actor: Member) -> Response:
        """Say for your team that it has seen the alert."""

        async def work(unit: UnitOfWork) -> AcknowledgedOut:
            await acknowledge_alert(alert_id, actor, unit, stores)
            return AcknowledgedOut(alert_id=alert_id)

        return await once(database, command, actor, work)

    return router
