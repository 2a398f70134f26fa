"""Withdraw a handover that should not go on."""

from uuid import UUID

from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import closing, ending
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.heed_deaths import ask_elsewhere
from services.referral.usecases.records import Changed


async def withdraw_handover(
    unit: UnitOfWork, desk: Desk, handover_id: UUID, *, reason: str
) -> Changed:
    """Call off what is open in it; `reason` is one of `domain.reasons.WITHDRAW`.

    What the patient's death needs is asked in another handover of theirs, where it was asked in this one.
    """
    withdrawn = await act(
        unit,
        desk,
        "handover",
        handover_id,
        lambda whole, now: closing.withdraw(whole, desk.person, now, reason=reason),
    )
    if ending.still_asks(withdrawn.whole, desk.playbook):
        cause = Cause(desk.request_id, desk.request_id)
        ended = {withdrawn.whole.handover.patient_key: cause}
        await ask_elsewhere(unit, ended, handovers=desk.handovers, playbook=desk.playbook)
    return withdrawn
