"""What a message does, in one unit of work: once, however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.people import Person
from services.referral.domain.referral import Referral
from services.referral.domain.referral_errors import PatientHasDied, SentBefore
from services.referral.domain.rules import Playbook
from services.referral.domain.serving import OUTCOMES
from services.referral.inbound.bars.asking import Asked, Envelope, read_request
from services.referral.inbound.bars.booking import own_id, read_booking, read_start
from services.referral.inbound.bars.bundle import Message
from services.referral.inbound.bars.faults import Fault
from services.referral.inbound.bars.headers import Headers
from services.referral.inbound.bars.letters import read_letter
from services.referral.inbound.bars.targets import find_service
from services.referral.inbound.bars.vocabulary import (
    BOOKING_REQUEST,
    NEW,
    REFERRAL_REQUEST,
    REFERRAL_RESPONSE,
    REJECTED,
)
from services.referral.inbound.bars.whom import Whom, read_whom
from services.referral.inbound.reception import Reception, age_at, referrer_team
from services.referral.usecases.acting import Desk
from services.referral.usecases.answer_referral import (
    accept_referral,
    cancel_referral,
    reject_referral,
    report_outcome,
    update_referral,
)
from services.referral.usecases.keep_appointments import (
    book_appointment,
    end_appointment,
    move_appointment,
)
from services.referral.usecases.records import PersonDescribed
from services.referral.usecases.referral_records import Message as Kept
from services.referral.usecases.referral_records import NewReferral, Standing

_ENDS: Mapping[str, str] = {
    "cancelled": "cancelled",
    "entered-in-error": "cancelled",
    "noshow": "missed",
    "arrived": "attended",
    "checked-in": "attended",
    "fulfilled": "attended",
}
_BY_THE_SERVICE = frozenset({"missed", "attended"})


@dataclass(frozen=True, slots=True)
class Work:
    """One message and everything that acting on it needs."""

    reception: Reception
    unit: UnitOfWork
    message: Message
    envelope: Envelope
    headers: Headers
    by: str
    patient_key: str
    """Of the patient whom the message is about; empty for one that names nobody."""

    @property
    def playbook(self) -> Playbook:
        return self.reception.desks.playbook

    async def do(self, digest: bytes) -> UUID:
        """Act on it, and remember that; gives the referral. Raises `SentBefore` when it was acted on already."""
        said = self.envelope
        kept = Kept(
            said.sender,
            said.message_id,
            self.headers.request_id,
            self.headers.correlation_id,
            said.event,
            said.reason,
            digest,
        )
        referrals, connection = self.reception.referrals, self.unit.connection
        before = await referrals.heard_before(connection, kept)
        if before == digest:
            raise SentBefore
        if before is not None:
            raise Fault(409, "Another message came with the same id")
        referral_id = await self._act()
        await referrals.remember(connection, kept, referral_id, self.unit.now)
        return referral_id

    async def _act(self) -> UUID:
        match (self.envelope.event, self.envelope.reason):
            case ("servicerequest-request", "new"):
                return await self._refer()
            case ("servicerequest-request", _):
                return await self._change()
            case ("servicerequest-response", _):
                return await self._answer()
            case ("booking-request", _):
                return await self._book()
        place = "Bundle.entry[0].resource.eventCoding.code"
        raise Fault(422, f"{place} is not taken here", issue="not-supported", place=place)

    async def _refer(self) -> UUID:
        asked, whom, now = read_request(self.message), read_whom(self.message), self.unit.now
        if asked.status != "active":
            place = "ServiceRequest.status"
            raise Fault(422, f"{place} of a new referral must be active", place=place)
        if whom.deceased:
            raise PatientHasDied
        referral_id = new_id()
        sender = referrer_team(self.reception.desks, self.envelope.sender)
        referral = Referral(
            referral_id=referral_id,
            patient_key=self.patient_key,
            kind=asked.kind,
            priority=asked.priority,
            referrer=self.envelope.sender,
            service=find_service(self.message, self.headers, self.playbook.directory),
            clock_started_at=now,
            received_at=now,
            specialty=asked.specialty,
            use_case=asked.use_case,
            requisition=asked.requisition or asked.names[0],
            journey=asked.journey,
            practice=whom.practice,
            age=age_at(whom.birth_date, now),
            test_patient=asked.test,
        )
        letter = read_letter(self.message, now)
        new = NewReferral(referral, sender, asked.names[0], letter, self.by, self._person(whom))
        await self.reception.take(self.unit, new, self._cause())
        return referral_id

    def _person(self, whom: Whom) -> PersonDescribed:
        return PersonDescribed(
            patient_key=self.patient_key,
            nhs_number=whom.nhs_number,
            nhs_number_verified=whom.verified,
            family=whom.family,
            given=whom.given,
            birth_date=whom.birth_date,
            deceased=whom.deceased,
            restricted=whom.restricted,
            described_at=self.unit.now,
        )

    async def _change(self) -> UUID:
        asked = read_request(self.message)
        standing = await self._standing(asked.names)
        if standing.referrer != self.envelope.sender:
            raise Fault(403, "Only the organisation that referred can change its referral")
        desk = self._desk(standing.sender_team)
        if asked.status in ("revoked", "entered-in-error"):
            revoked = asked.status == "revoked"
            reason = "referral-cancelled" if revoked else "entered-in-error"
            await cancel_referral(self.unit, desk, standing.referral_id, reason=reason)
        elif asked.status == "active":
            await update_referral(
                self.unit,
                desk,
                standing.referral_id,
                letter=read_letter(self.message, self.unit.now),
                referrals=self.reception.referrals,
            )
        else:
            place = "ServiceRequest.status"
            raise Fault(422, f"{place} is not one that a referrer can set", place=place)
        return standing.referral_id

    async def _answer(self) -> UUID:
        asked = read_request(self.message)
        standing = await self._standing(asked.names)
        self._must_be_the_service(standing)
        desk, referral_id = self._desk(standing.team), standing.referral_id
        if asked.status == "active":
            await accept_referral(self.unit, desk, referral_id)
        elif asked.status == "revoked":
            reason = REJECTED.get(asked.answer, "not-appropriate")
            await reject_referral(self.unit, desk, referral_id, reason=reason)
        elif asked.status == "completed":
            await report_outcome(
                self.unit,
                desk,
                referral_id,
                outcome=_outcome(asked),
                happened_at=None,
                finished=True,
            )
        else:
            place = "ServiceRequest.status"
            raise Fault(422, f"{place} is not an answer", place=place)
        return referral_id

    async def _book(self) -> UUID:
        appointment, names = read_booking(self.message)
        standing = await self._standing(names)
        appointment_id = own_id(appointment, standing.referral_id)
        status = _ENDS.get(appointment.status)
        if self.envelope.sender != standing.referrer or status in _BY_THE_SERVICE:
            self._must_be_the_service(standing)
        desk = self._desk(standing.team)
        if status is not None:
            await end_appointment(self.unit, desk, appointment_id, status=status)
        elif appointment.status != "booked":
            place = "Appointment.status"
            raise Fault(422, f"{place} is not taken here", issue="not-supported", place=place)
        elif self.envelope.reason == NEW:
            await book_appointment(
                self.unit,
                desk,
                standing.referral_id,
                appointment_id=appointment_id,
                starts_at=read_start(appointment),
            )
        else:
            await move_appointment(
                self.unit, desk, appointment_id, starts_at=read_start(appointment)
            )
        return standing.referral_id

    async def _standing(self, names: tuple[str, ...]) -> Standing:
        found = await self.reception.referrals.find(
            self.unit.connection, self.envelope.sender, names
        )
        if found is None:
            raise Fault(404, "There is no such referral here")
        return found

    def _must_be_the_service(self, standing: Standing) -> None:
        team = self.playbook.directory.teams.get(standing.team)
        if team is None or team.organisation != self.envelope.sender:
            raise Fault(403, "Only the organisation that the referral is with can say this")

    def _desk(self, team: str) -> Desk:
        person = Person(self.by, frozenset({team}))
        return Desk(person, self.headers.request_id, self.reception.desks.handovers, self.playbook)

    def _cause(self) -> Cause:
        return Cause(self.headers.correlation_id, self.headers.request_id)


def _outcome(asked: Asked) -> str:
    """What came of it is never guessed."""
    if asked.kind == "advice":
        return "advice-given"
    if asked.answer not in OUTCOMES:
        raise Fault(422, "A completed ServiceRequest must say what came of it", issue="required")
    return asked.answer


TAKEN = (REFERRAL_REQUEST, REFERRAL_RESPONSE, BOOKING_REQUEST)
"""The events that are acted on."""
