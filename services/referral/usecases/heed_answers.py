"""Take in what receivers of documents answered: that a summary arrived, and that a practice has or lacks the patient."""

from collections.abc import Sequence
from datetime import datetime

from schemas.document import DocumentAnswered
from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import ending, moving
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.domain.rules import Playbook
from services.referral.usecases.happen import Heard, happen_to
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

_log = get_logger()


async def heed_answers(
    unit: UnitOfWork,
    answers: Sequence[tuple[DocumentAnswered, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Tell the open handover of the stay's discharge what its summary met.

    A practice that lacks the patient loses what it was asked for; one that says that the patient died ends what a
    death ends. Other codes change nothing here.
    """
    found = await handovers.of_spells(unit.connection, {event.spell_id for event, _ in answers})
    standing = {
        one.spell_id: one.handover_id
        for one in found
        if one.purpose == "discharge" and one.state == "open"
    }
    heard = []
    for event, cause in answers:
        code, handover_id = MEANING.get(event.answer), standing.get(event.spell_id)
        if handover_id is not None and event.answer == DIED:
            continue
        if code is None or handover_id is None:
            _log.info("document.answer_unused", answer=event.answer, known=handover_id is not None)
            continue
        heard.append(Heard(handover_id, code, event.answered_at, cause))
    await happen_to(unit, heard, handovers=handovers, playbook=playbook)
    about = {
        standing[event.spell_id]: (event, cause)
        for event, cause in answers
        if event.spell_id in standing and event.answer in CHANGES
    }
    locked = await handovers.lock_many(unit.connection, about)
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(locked):
        event, cause = about[of]
        ledger.change(locked[of], _then(locked[of].whole, event, unit.now, playbook), cause)
    await ledger.write()


def _then(
    whole: Whole, event: DocumentAnswered, now: datetime, playbook: Playbook
) -> Sequence[Fact]:
    """What becomes of the work that the practice was asked for."""
    if MEANING.get(event.answer) == LACKS_PATIENT:
        return moving.not_known_there(whole, event.answered_by, now, playbook)
    if event.answer == DIED:
        return ending.die(whole, now, playbook, new_id)
    return ()
