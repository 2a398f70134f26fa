"""Where referrals come in by hand or from another program: what was asked, made into a referral."""

import base64
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.access import Actor
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.calendars import local_date
from services.referral.domain.directory import Team
from services.referral.domain.errors import HappenedLater
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.referral import Referral
from services.referral.domain.referral_errors import NotTheReferrer
from services.referral.inbound.desks import Desks
from services.referral.inbound.referral_bodies import Referring
from services.referral.usecases.ports import People
from services.referral.usecases.receive_referral import receive_referral
from services.referral.usecases.records import PersonDescribed
from services.referral.usecases.referral_records import (
    Attachment,
    Letter,
    NewReferral,
    Referrals,
    Section,
)

PRACTICE = "gp-practice"


@dataclass(frozen=True, slots=True)
class Reception:
    """What taking in a referral needs."""

    desks: Desks
    referrals: Referrals
    people: People

    async def take(self, unit: UnitOfWork, new: NewReferral, cause: Cause) -> HandoverOpened:
        """One referral into the house."""
        return await receive_referral(
            unit,
            new,
            cause,
            referrals=self.referrals,
            handovers=self.desks.handovers,
            people=self.people,
            playbook=self.desks.playbook,
        )

    async def refer(
        self, unit: UnitOfWork, body: Referring, patient_key: str, number: str, actor: Actor
    ) -> NewReferral:
        """What a member of a team asks for. Raises a refusal when it is not their team that refers."""
        sender = self.desks.playbook.directory.teams.get(body.from_team)
        if sender is None or not actor.serves(sender.id):
            raise NotTheReferrer
        now = unit.now
        started = body.clock_started_at or now
        if started > now:
            raise HappenedLater
        born = await self.referrals.birth_date(unit.connection, patient_key)
        if born is None and body.patient is not None:
            born = body.patient.birth_date
        referral_id = new_id()
        return NewReferral(
            referral=Referral(
                referral_id=referral_id,
                patient_key=patient_key,
                kind=body.kind,
                priority=body.priority,
                referrer=sender.organisation,
                service=body.service,
                clock_started_at=started,
                received_at=now,
                specialty=body.specialty,
                practice=sender.organisation if sender.role == PRACTICE else None,
                age=age_at(born, now),
                requisition=body.reference or str(referral_id),
            ),
            sender=sender,
            sent_as=body.reference or str(referral_id),
            letter=_letter(body, now),
            by=actor.ref,
            person=_person(body, patient_key, number, now),
        )


def referrer_team(desks: Desks, organisation: str) -> Team:
    """The team that answers for an organisation that refers; the last resort for one that nobody knows."""
    directory = desks.playbook.directory
    for role in (PRACTICE, "discharging-ward"):
        team = directory.at_organisation(role, organisation)
        if team is not None:
            return team
    known = sorted(t.id for t in directory.teams.values() if t.organisation == organisation)
    return directory.teams[known[0]] if known else directory.last_resort


def age_at(born: date | None, now: datetime) -> int | None:
    """Whole years."""
    if born is None:
        return None
    today = local_date(now)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def received(opened: HandoverOpened) -> dict[str, object]:
    """What whoever referred is told: ids, and nothing that tells who the patient is."""
    handover, referral_id = opened.handover, opened.handover.spell_id
    request = handover.progress.service_request if handover.progress else None
    return {
        "referral_id": referral_id,
        "handover_id": handover.handover_id,
        "service_request": request,
        "state": "received",
        "clock_started_at": handover.clock_started_at,
    }


def _letter(body: Referring, now: datetime) -> Letter:
    return Letter(
        now,
        [Section(one.heading.strip(), one.text.strip()) for one in body.letter],
        [
            Attachment(one.title.strip(), one.content_type, base64.b64decode(one.content))
            for one in body.attachments
        ],
    )


def _person(
    body: Referring, patient_key: str, number: str, now: datetime
) -> PersonDescribed | None:
    if body.patient is None:
        return None
    return PersonDescribed(
        patient_key=patient_key,
        nhs_number=number,
        nhs_number_verified=False,
        family=body.patient.family.strip(),
        given=body.patient.given.strip(),
        birth_date=body.patient.birth_date,
        deceased=False,
        restricted=False,
        described_at=now,
    )
