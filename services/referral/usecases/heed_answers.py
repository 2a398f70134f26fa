"""Take in what receivers of documents answered: that a summary arrived, and that a practice has or lacks the patient."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from schemas.document import DocumentAnswered
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import ending, moving
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Handover, Whole
from services.referral.domain.rules import Playbook
from services.referral.usecases.document_records import AnswersAhead
from services.referral.usecases.happen import Heard, happen_to
from services.referral.usecases.heed_deaths import who_asks
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers

LACKS_PATIENT = "practice-lacks-patient"
MEANING = {
    "20013": "summary-acknowledged",
    "30001": "practice-has-patient",
    "30002": LACKS_PATIENT,
    "30003": LACKS_PATIENT,
}
"""What an ITK3 response code says has happened (domain rule C7)."""
DIED = "30004"
"""The practice knows the patient, who has recently died."""
CHANGES = frozenset({"30002", "30003", DIED})
"""Answers after which work is taken back or called off."""


async def heed_answers(
    unit: UnitOfWork,
    answers: Sequence[tuple[DocumentAnswered, Cause]],
    discharged: Collection[UUID],
    *,
    ahead: AnswersAhead,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Tell the open handover of the stay's discharge what its summary met.

    A practice that lacks the patient loses what it was asked for; one that says that the patient died ends what a
    death ends. Other codes change nothing here. An answer that comes before the discharge waits for it: `discharged`
    are the stays that were heard of just now.
    """
    if discharged:
        answers = [*await ahead.take(unit.connection, discharged), *answers]
    if not answers:
        return
    found = await handovers.of_spells(unit.connection, {event.spell_id for event, _ in answers})
    of_discharges = [one for one in found if one.purpose == "discharge"]
    known = {one.spell_id for one in of_discharges}
    await ahead.keep(unit.connection, [one for one in answers if one[0].spell_id not in known])
    current = await handovers.lock_many(
        unit.connection, {one.handover_id for one in of_discharges if one.state == "open"}
    )
    standing = {one.whole.handover.spell_id: one.whole.handover for one in current.values()}
    answers = [one for one in answers if _is_about(one[0], standing.get(one[0].spell_id))]
    heard = [
        Heard(standing[event.spell_id].handover_id, MEANING[event.answer], event.answered_at, cause)
        for event, cause in answers
        if event.answer in MEANING
    ]
    await happen_to(unit, heard, handovers=handovers, playbook=playbook)
    about = {
        standing[event.spell_id].handover_id: (event, cause)
        for event, cause in answers
        if event.answer in CHANGES
    }
    locked = await handovers.lock_many(unit.connection, about)
    died = [loaded.whole for of, loaded in locked.items() if about[of][0].answer == DIED]
    asking = await who_asks(unit.connection, died, handovers, playbook)
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(locked):
        event, cause = about[of]
        facts = _then(locked[of].whole, event, unit.now, playbook, asks=of in asking)
        ledger.change(locked[of], facts, cause)
    await ledger.write()


def _is_about(event: DocumentAnswered, handover: Handover | None) -> bool:
    """Whether an answer is about the discharge that stands: an earlier one, since cancelled, had a summary of its own."""
    if handover is None:
        return False
    return handover.replaces is None or event.answered_at >= handover.clock_started_at


def _then(
    whole: Whole, event: DocumentAnswered, now: datetime, playbook: Playbook, *, asks: bool
) -> Sequence[Fact]:
    """What becomes of the work that the practice was asked for."""
    if MEANING.get(event.answer) == LACKS_PATIENT:
        return moving.not_known_there(whole, event.answered_by, now, playbook)
    if event.answer == DIED:
        return ending.die(whole, now, playbook, new_id, asks=asks)
    return ()
