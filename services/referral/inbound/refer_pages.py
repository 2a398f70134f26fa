"""Referring a patient in a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor
from services.chassis.errors import Refusal
from services.chassis.idempotency import Commanded, once
from services.chassis.pages import Pages
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.chassis.web import correlation
from services.referral.domain.referral import Kind, Urgency
from services.referral.inbound.reception import Reception
from services.referral.inbound.referral_bodies import (
    LONGEST_SECTION,
    Referred,
    Referring,
    WrittenSection,
)
from services.referral.inbound.referral_pages import REFERRALS
from services.referral.inbound.referral_words import KINDS, PRIORITIES
from services.referral.inbound.requests import Member, patient_key_of

_FIELDS = {
    "request.bad_patient_identifier": "nhs-number",
    "referral.patient_has_died": "nhs-number",
    "referral.service_unknown": "service",
    "referral.service_does_not_suit": "service",
    "referral.not_the_referrer": "from-team",
    "team.same": "service",
    "referral.letter_missing": "letter",
    "referral.name_missing": "family",
    "referral.bad_birth_date": "born",
}
"""The field that a refusal is about; any other is a page of its own."""
_KINDS: Mapping[str, Kind] = {
    "referral": "referral",
    "suspected-cancer": "suspected-cancer",
    "advice": "advice",
}
_URGENCIES: Mapping[str, Urgency] = {"routine": "routine", "urgent": "urgent"}
Typed = Annotated[str, Form(max_length=100)]
Long = Annotated[str, Form(max_length=LONGEST_SECTION)]


@dataclass(frozen=True, slots=True)
class Typing:
    """What was typed into the form, to be shown again when something in it is wrong."""

    from_team: str = ""
    service: str = ""
    nhs_number: str = ""
    family: str = ""
    given: str = ""
    born: str = ""
    kind: str = "referral"
    priority: str = "routine"
    letter: str = ""

    def asked(self) -> Referring:
        """The referral. Raises a refusal that names what is missing."""
        if not self.family.strip():
            raise Refusal("referral.name_missing", "invalid", "Enter the patient's family name.")
        if not self.letter.strip():
            sentence = "Write why you refer, for whoever is to treat."
            raise Refusal("referral.letter_missing", "invalid", sentence)
        return Referring(
            from_team=self.from_team,
            service=self.service,
            kind=_KINDS.get(self.kind, "referral"),
            priority=_URGENCIES.get(self.priority, "routine"),
            patient=Referred(
                family=self.family.strip(), given=self.given.strip(), birth_date=self._born()
            ),
            letter=[WrittenSection(heading="Referral letter", text=self.letter.strip())],
        )

    def _born(self) -> date | None:
        if not self.born:
            return None
        try:
            return date.fromisoformat(self.born)
        except ValueError:
            sentence = "Enter the date of birth as a date."
            raise Refusal("referral.bad_birth_date", "invalid", sentence) from None


def refer_pages(reception: Reception, pages: Pages) -> APIRouter:
    """`/worklist/refer`."""
    router = APIRouter(prefix="/worklist/refer", include_in_schema=False)
    directory = reception.desks.playbook.directory

    def form(
        request: Request, actor: Actor, typed: Typing, refusal: Refusal | None = None
    ) -> HTMLResponse:
        own = sorted((t.name, t.id) for t in directory.teams.values() if actor.serves(t.id))
        services = sorted((t.name, t.id) for t in directory.teams.values() if t.services)
        return pages.render(
            request,
            "refer.html",
            fault={_FIELDS[refusal.code]: refusal.sentence} if refusal else {},
            own=own,
            services=services,
            kinds={kind: KINDS[kind] for kind in _KINDS},
            priorities={code: PRIORITIES[code] for code in _URGENCIES},
            typed=typed,
        )

    @router.get("")
    async def ask(request: Request, actor: Member) -> HTMLResponse:
        return form(request, actor, Typing())

    @router.post("")
    async def refer(
        request: Request,
        command: Commanded,
        actor: Member,
        *,
        from_team: Typed = "",
        service: Typed = "",
        nhs_number: Typed = "",
        family: Typed = "",
        given: Typed = "",
        born: Typed = "",
        kind: Typed = "",
        priority: Typed = "",
        letter: Long = "",
    ) -> Response:
        typed = Typing(from_team, service, nhs_number, family, given, born, kind, priority, letter)

        async def work(unit: UnitOfWork) -> Any:
            key = patient_key_of(request, nhs_number)
            digits = "".join(nhs_number.split()).replace("-", "")
            new = await reception.refer(unit, typed.asked(), key, digits, actor)
            journey = correlation(request)
            opened = await reception.take(unit, new, Cause(journey, journey))
            return RedirectResponse(f"{REFERRALS}/{opened.handover.spell_id}?done=sent", 303)

        try:
            return await once(reception.desks.database, command, actor, work)
        except Refusal as refusal:
            if refusal.code not in _FIELDS:
                raise
            return form(request, actor, typed, refusal)

    return router
