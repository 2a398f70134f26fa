"""One handover on its page, as whoever looks at it may use it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.chassis.access import Actor, Role
from services.chassis.pages import Pages, when
from services.referral.domain import reasons
from services.referral.domain.errors import NotFound
from services.referral.domain.rules import PENDING
from services.referral.inbound.contact_cards import contact_card
from services.referral.inbound.desks import Desks
from services.referral.inbound.document_cards import document_row
from services.referral.inbound.handover_cards import offer_row, owner_rows, task_card, told_rows
from services.referral.inbound.history_lines import history_lines
from services.referral.inbound.requests import teams_of
from services.referral.inbound.result_cards import orderer_choices, result_row
from services.referral.inbound.sayings import sayable_here
from services.referral.inbound.words import state_tag
from services.referral.inbound.worklist_cards import offer_card, person_card
from services.referral.usecases.ports import Views
from services.referral.usecases.result_views import Register
from services.referral.usecases.see import See
from services.referral.usecases.views import TaskView, WholeView


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """Reads a handover, shows it, and shows it again with what a form on it lacks."""

    desks: Desks
    views: Views
    register: Register
    pages: Pages
    see: See

    async def read(
        self, handover_id: UUID, actor: Actor
    ) -> tuple[WholeView, list[TaskView], datetime]:
        """The handover, and what is missing of its whole stay. Raises `NotFound`."""
        teams = teams_of(actor)
        async with self.desks.database.reading() as connection:
            now = await connection.fetchval("SELECT clock_timestamp()")
            whole = await self.views.whole(connection, handover_id, teams)
            if whole is None:
                raise NotFound("handover")
            missing = await self.register.of_stay(connection, whole.spell_id, teams)
        return whole, missing, now

    async def show(
        self,
        handover_id: UUID,
        request: Request,
        actor: Actor,
        *,
        notice: str | None = None,
        fault: Mapping[str, str] | None = None,
        given: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """The page; whose team looks at it for the first time is remembered. `given` stands in the form again."""
        whole, missing, now = await self.read(handover_id, actor)
        await self.see(actor, handover_id, "handover", handover_id)
        return self.pages.render(
            request,
            "handover.html",
            fault=fault,
            notice=notice,
            here=f"/worklist/handovers/{handover_id}",
            as_of=now,
            whole=whole,
            **self._about(whole, now),
            **self._parts(whole, actor, now),
            **self._missing(whole, missing, actor, now),
            given=given or {},
        )

    def _about(self, whole: WholeView, now: datetime) -> dict[str, Any]:
        directory = self.desks.playbook.directory
        coordinator = directory.teams.get(whole.coordinator_team)
        return {
            "person": person_card(whole.person, now),
            "state": state_tag(whole.state, whole.closed_because),
            "sender": directory.name_of(whole.sender_team),
            "coordinator": directory.name_of(whole.coordinator_team),
            "coordinator_phone": coordinator.phone if coordinator else "",
            "contact": contact_card(whole, directory),
            "loose_end": whole.purpose == "loose-end",
            "replaces": _link(whole.replaces),
            "replaced_by": _link(whole.replaced_by),
            "left_hospital": when(whole.clock_started_at),
            "opened": when(whole.opened_at),
            "closed": when(whole.closed_at),
            "closed_because": reasons.WITHDRAWN.get(whole.closed_because, ""),
        }

    def _parts(self, whole: WholeView, actor: Actor, now: datetime) -> dict[str, Any]:
        playbook = self.desks.playbook
        directory = playbook.directory
        member = Role.TEAM in actor.roles
        acts = member and whole.state == "open"
        return {
            "asked": [
                offer_card(offer, directory, now)
                for offer in whole.offers
                if acts and offer.state == "offered" and actor.serves(offer.team)
            ],
            "tasks": [
                (task_card(task, directory, now), member and actor.serves(task.owner_team))
                for task in whole.tasks
            ],
            "offers": [offer_row(offer, directory) for offer in whole.offers],
            "documents": [document_row(each, directory) for each in whole.documents],
            "owners": owner_rows(whole, directory),
            "told": told_rows(whole.history, directory),
            "history": history_lines(whole, directory, playbook.happenings),
            "may_name": acts and any(map(actor.serves, _teams(whole))),
            "may_say": acts and bool(sayable_here(whole, actor, playbook)),
            "may_close": acts and actor.serves(whole.coordinator_team),
        }

    def _missing(
        self, whole: WholeView, missing: list[TaskView], actor: Actor, now: datetime
    ) -> dict[str, Any]:
        playbook = self.desks.playbook
        acts = Role.TEAM in actor.roles and whole.state == "open"
        may_expect = acts and PENDING in sayable_here(whole, actor, playbook)
        return {
            "missing": [result_row(task, playbook.directory, now, actor) for task in missing],
            "may_expect": may_expect,
            "orderers": orderer_choices(whole, playbook.directory) if may_expect else [],
        }


def _teams(whole: WholeView) -> list[str]:
    """The teams that have a part in it."""
    asked = (each.team for each in whole.offers if each.state in ("offered", "accepted"))
    return [whole.sender_team, whole.coordinator_team, *asked]


def _link(handover_id: UUID | None) -> str:
    return f"/worklist/handovers/{handover_id}" if handover_id else ""
