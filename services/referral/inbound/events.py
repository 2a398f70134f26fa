"""The events that referral listens to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from schemas.alert import (
    AlertAcknowledged,
    AlertNotDelivered,
    AlertOvertaken,
    AlertSent,
    ReplyReceived,
)
from schemas.document import DocumentAnswered, DocumentReceived, DocumentWithdrawn
from schemas.event import Event
from schemas.patient import PatientDescribed
from schemas.spell import (
    SpellAdmissionCancelled,
    SpellAdmitted,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellDischarged,
    SpellPatientChanged,
    SpellQuestioned,
)
from services.chassis.consumer import Received, Subscription
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.calendars import local_date
from services.referral.domain.rules import Playbook
from services.referral.inbound.rounds import rounds
from services.referral.usecases.ask_wards import ask_wards
from services.referral.usecases.correct_discharges import correct_discharges
from services.referral.usecases.document_records import AnswersAhead, Documents
from services.referral.usecases.follow_patients import follow_patients
from services.referral.usecases.follow_practices import follow_practices, where_registered
from services.referral.usecases.hear_alerts import hear_alerts
from services.referral.usecases.heed_admissions import heed_admissions, undo_admissions
from services.referral.usecases.heed_answers import heed_answers
from services.referral.usecases.heed_deaths import heed_deaths
from services.referral.usecases.heed_replies import heed_replies
from services.referral.usecases.know_people import describe_people, forget_people
from services.referral.usecases.open_handovers import open_handovers
from services.referral.usecases.ports import Handovers, People, Stays
from services.referral.usecases.read_documents import read_documents
from services.referral.usecases.referral_records import Referrals
from services.referral.usecases.undo_discharges import undo_discharges

SPELLS = (
    SpellAdmitted,
    SpellAdmissionCancelled,
    SpellDischarged,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellQuestioned,
    SpellPatientChanged,
)
ALERTS = (AlertSent, AlertNotDelivered, AlertAcknowledged, AlertOvertaken)
DOCUMENTS = (DocumentReceived, DocumentWithdrawn)
Said = TypeVar("Said", bound=Event)


@dataclass(frozen=True, slots=True)
class Ears:
    """Hands what was heard to the use cases, kind by kind: each kind in a constant number of statements."""

    handovers: Handovers
    stays: Stays
    people: People
    documents: Documents
    answers: AnswersAhead
    referrals: Referrals
    playbook: Playbook

    @property
    def subscription(self) -> Subscription:
        """What to listen to."""
        return Subscription(
            (PatientDescribed, *SPELLS, *DOCUMENTS, *ALERTS, DocumentAnswered, ReplyReceived),
            self.on_events,
            self.on_tombstones,
        )

    async def on_events(self, heard: Sequence[Received], unit: UnitOfWork) -> None:
        """Take in people first, then stays in their order, then documents, then what became of messages."""
        handovers, playbook = self.handovers, self.playbook
        playbook.directory.stand_on(local_date(unit.now))
        if described := _only(PatientDescribed, heard):
            await self._hear_of_people(described, unit)
        for together in rounds(one for one in heard if isinstance(one.event, SPELLS)):
            await self._hear_of_stays(together, unit)
        await self._hear_of_documents(heard, unit)
        alerts = [(one.event, one.cause) for one in heard if isinstance(one.event, ALERTS)]
        if alerts:
            await hear_alerts(unit, alerts, handovers=handovers, playbook=playbook)
        answers, discharged = _only(DocumentAnswered, heard), _only(SpellDischarged, heard)
        if answers or discharged:
            await heed_answers(
                unit,
                answers,
                {event.spell_id for event, _ in discharged},
                ahead=self.answers,
                handovers=handovers,
                playbook=playbook,
            )
        if replies := _only(ReplyReceived, heard):
            await heed_replies(unit, replies, handovers=handovers, playbook=playbook)

    async def _hear_of_people(
        self, described: Sequence[tuple[PatientDescribed, Cause]], unit: UnitOfWork
    ) -> None:
        handovers, people, playbook = self.handovers, self.people, self.playbook
        keys = {event.patient_key for event, _ in described}
        before = await people.practices(unit.connection, keys)
        await describe_people(unit, [event for event, _ in described], people=people)
        await heed_deaths(unit, described, handovers=handovers, playbook=playbook)
        await follow_practices(
            unit, described, before, people=people, handovers=handovers, playbook=playbook
        )

    async def _hear_of_documents(self, heard: Sequence[Received], unit: UnitOfWork) -> None:
        written = [(one.event, one.cause) for one in heard if isinstance(one.event, DOCUMENTS)]
        discharged = _only(SpellDischarged, heard)
        if written or discharged:
            await read_documents(
                unit,
                written,
                discharged,
                documents=self.documents,
                handovers=self.handovers,
                playbook=self.playbook,
            )

    async def _hear_of_stays(self, heard: Sequence[Received], unit: UnitOfWork) -> None:
        handovers, stays, playbook = self.handovers, self.stays, self.playbook
        if moved := _only(SpellPatientChanged, heard):
            await follow_patients(
                unit, moved, people=self.people, handovers=handovers, stays=stays, playbook=playbook
            )
        if admitted := _only(SpellAdmitted, heard):
            await heed_admissions(
                unit, admitted, handovers=handovers, stays=stays, playbook=playbook
            )
        if not_admitted := _only(SpellAdmissionCancelled, heard):
            await undo_admissions(
                unit, not_admitted, handovers=handovers, stays=stays, playbook=playbook
            )
        if discharged := _only(SpellDischarged, heard):
            discharged = await where_registered(
                unit, discharged, people=self.people, playbook=playbook
            )
            await open_handovers(unit, discharged, handovers=handovers, playbook=playbook)
        if corrected := _only(SpellCorrected, heard):
            await correct_discharges(unit, corrected, handovers=handovers, playbook=playbook)
        if cancelled := _only(SpellDischargeCancelled, heard):
            await undo_discharges(unit, cancelled, handovers=handovers, playbook=playbook)
        if questioned := _only(SpellQuestioned, heard):
            await ask_wards(unit, questioned, handovers=handovers, playbook=playbook)

    async def on_tombstones(self, keys: Sequence[str], unit: UnitOfWork) -> None:
        """Patients whom discharge has erased."""
        await self.documents.forget(unit.connection, keys)
        await self.referrals.forget(unit.connection, keys)
        await forget_people(unit, keys, people=self.people)


def _only(kind: type[Said], heard: Sequence[Received]) -> list[tuple[Said, Cause]]:
    return [(one.event, one.cause) for one in heard if isinstance(one.event, kind)]
