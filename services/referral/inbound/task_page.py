"""One task on its page, as whoever looks at it may use it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role
from services.chassis.pages import Pages
from services.referral.domain.calendars import instant, local_date
from services.referral.domain.errors import (
    NotFound,
    ReasonMissing,
    SnoozedInThePast,
    SnoozedTooLong,
    SnoozeReasonUnknown,
)
from services.referral.domain.reasons import SNOOZE
from services.referral.domain.snoozing import latest
from services.referral.inbound.desks import Act, Desks, Errand
from services.referral.inbound.document_cards import document_card
from services.referral.inbound.handover_cards import task_card
from services.referral.inbound.requests import covered_by, teams_of
from services.referral.inbound.words import SKILLS, near, sentence
from services.referral.inbound.worklist_cards import person_card
from services.referral.usecases.ports import Views
from services.referral.usecases.records import Changed
from services.referral.usecases.see import See
from services.referral.usecases.views import TaskView

_FAULTS = (ReasonMissing, SnoozeReasonUnknown, SnoozedInThePast, SnoozedTooLong)
_MORNING = time(8)
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Reads a task, shows it, and shows it again with what a form lacks."""

    desks: Desks
    views: Views
    pages: Pages
    names: Mapping[str, str]
    """Colleagues by staff reference, where their names are known."""
    see: See

    async def read(self, task_id: UUID, actor: Actor) -> tuple[TaskView, datetime]:
        """Raises `NotFound`."""
        async with self.desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            task = await self.views.task(connection, task_id, teams_of(actor))
        if task is None:
            raise NotFound("task")
        return task, now

    async def show(
        self,
        task_id: UUID,
        request: Request,
        actor: Actor,
        given: Mapping[str, str] = _NOTHING,
        **values: Any,
    ) -> HTMLResponse:
        """The page, with what was `given` in a form that lacks something.

        Whose team looks at it for the first time is remembered.
        """
        task, now = await self.read(task_id, actor)
        await self.see(actor, task.handover_id, "task", task_id)
        directory = self.desks.playbook.directory
        mine = Role.TEAM in actor.roles and actor.serves(task.owner_team)
        may_act = mine and task.closed_at is None and task.status != "requested"
        away = task.snoozed_until is not None and now < min(task.snoozed_until, task.due_at)
        by_you = task.owner_person == actor.ref
        return self.pages.render(
            request,
            "task.html",
            task=task_card(task, directory, now),
            person=person_card(task.person, now),
            document=document_card(task, actor, directory),
            handover=f"/worklist/handovers/{task.handover_id}",
            may_act=may_act,
            may_hand_on=may_act and task.handover_state == "open",
            may_start=task.status in ("accepted", "on-hold"),
            needs_outcome=task.needs_outcome,
            early=task.not_before is not None and now < task.not_before,
            skill=SKILLS.get(task.skill, ""),
            covered=task.owner_team in covered_by(request),
            taken_by="you" if by_you else self.names.get(task.owner_person, task.owner_person),
            by_you=by_you,
            colleagues=sorted(self.names.items(), key=lambda entry: entry[1]),
            away=f"{near(task.snoozed_until, now)}: {sentence(task.snoozed_because, SNOOZE)}"
            if away and task.snoozed_until
            else "",
            away_until=_times(task, now, given.get("until", "")),
            away_reasons=SNOOZE,
            given=given,
            as_of=now,
            **values,
        )

    async def act(
        self,
        errand: Errand,
        task_id: UUID,
        do: Act,
        field: str,
        after: Response | None = None,
        given: Mapping[str, str] = _NOTHING,
    ) -> Response:
        """Do it and go on to `after`; what its field lacks is said beside it."""
        try:
            return await self.desks.act(
                errand,
                do,
                answer=lambda change: after or _after(change, task_id, field),
            )
        except _FAULTS as refused:
            fault = {field: refused.sentence}
            return await self.show(task_id, errand.request, errand.actor, given, fault=fault)


def _times(task: TaskView, now: datetime, chosen: str) -> list[tuple[str, str]]:
    """Until when it may be put away, each as a moment and in words; the last is the latest that there is.

    What was `chosen` before is offered again, although an hour from now has become another moment since.
    """
    end = latest(task.due_at, task.rings_at)
    today = local_date(now)
    offered = [now + timedelta(hours=1), now + timedelta(hours=4)]
    offered += [instant(today + timedelta(days=days), _MORNING) for days in (1, 2, 7)]
    offered += [at for at in [moment(chosen)] if at and at > now]
    times = sorted(at for at in set(offered) if at < end)
    return [(at.isoformat(), near(at, now)) for at in (*times, *([end] if end > now else []))]


def moment(text: str) -> datetime | None:
    """A moment with its offset, as the forms of a task send it; None: nothing of the kind."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _after(change: Changed, task_id: UUID, field: str) -> Response:
    handover = f"/worklist/handovers/{change.whole.handover.handover_id}"
    where = {
        "text": f"/worklist/tasks/{task_id}?done=noted",
        "outcome": f"{handover}?done=completed",
        "reason": f"{handover}?done=failed",
    }
    return RedirectResponse(where.get(field, f"/worklist/tasks/{task_id}?done={field}"), 303)
