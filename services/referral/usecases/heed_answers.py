"""Take in what receivers of documents answered: that a summary arrived, and that a practice has or lacks the patient."""

from collections.abc import Sequence

from schemas.document import DocumentAnswered
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.rules import Playbook
from services.referral.usecases.happen import Heard, happen_to
from services.referral.usecases.ports import Handovers

MEANING = {
    "20013": "summary-acknowledged",
    "30001": "practice-has-patient",
    "30002": "practice-lacks-patient",
    "30003": "practice-lacks-patient",
}
"""What an ITK3 response code says has happened (domain rule C7)."""

_log = get_logger()


async def heed_answers(
    unit: UnitOfWork,
    answers: Sequence[tuple[DocumentAnswered, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Tell the open handover of the stay's discharge what its summary met. Other codes change nothing here."""
    found = await handovers.of_spells(unit.connection, {event.spell_id for event, _ in answers})
    standing = {
        one.spell_id: one.handover_id
        for one in found
        if one.purpose == "discharge" and one.state == "open"
    }
    heard = []
    for event, cause in answers:
        code, handover_id = MEANING.get(event.answer), standing.get(event.spell_id)
        if code is None or handover_id is None:
            _log.info("document.answer_unused", answer=event.answer, known=handover_id is not None)
            continue
        heard.append(Heard(handover_id, code, event.answered_at, cause))
    await happen_to(unit, heard, handovers=handovers, playbook=playbook)
