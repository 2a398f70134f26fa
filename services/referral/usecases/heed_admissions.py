"""Heed that patients are back in hospital, and that they were not after all."""

from collections.abc import Sequence

from schemas.spell import SpellAdmissionCancelled, SpellAdmitted
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import ending
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.rules import Playbook
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers, Stays
from services.referral.usecases.records import Stay

_IN_A_BED = "IMP"


async def heed_admissions(
    unit: UnitOfWork,
    admitted: Sequence[tuple[SpellAdmitted, Cause]],
    *,
    handovers: Handovers,
    stays: Stays,
    playbook: Playbook,
) -> None:
    """Call off the follow-up of earlier stays, as readmitted and not as failed (C1).

    Each stay is remembered, for the discharge of an earlier one that is heard of later.
    """
    began = [
        (Stay(event.spell_id, event.patient_key, event.admitted_at or unit.now), cause)
        for event, cause in admitted
        if event.encounter_class == _IN_A_BED
    ]
    if not began:
        return
    began.sort(key=lambda one: one[0].admitted_at)
    await stays.begin(unit.connection, [stay for stay, _ in began])
    found = await handovers.of_patients(unit.connection, {stay.patient_key for stay, _ in began})
    concerned = [one.handover_id for one in found if one.state == "open"]
    locked = await handovers.lock_many(unit.connection, concerned)
    ledger = Ledger(unit, handovers, playbook)
    for loaded in locked.values():
        for stay, cause in began:
            if stay.patient_key != loaded.whole.handover.patient_key:
                continue
            facts = ending.readmit(
                loaded.whole, stay.spell_id, stay.admitted_at, unit.now, playbook, new_id
            )
            ledger.change(loaded, facts, cause)
            if facts:
                break
    await ledger.write()


async def undo_admissions(
    unit: UnitOfWork,
    cancelled: Sequence[tuple[SpellAdmissionCancelled, Cause]],
    *,
    handovers: Handovers,
    stays: Stays,
    playbook: Playbook,
) -> None:
    """Ask again, on the original clock, what these stays had ended."""
    of_spell = {event.spell_id: cause for event, cause in cancelled}
    await stays.undo(unit.connection, of_spell)
    ended = await handovers.ended_by(unit.connection, of_spell)
    locked = await handovers.lock_many(unit.connection, [one.handover_id for _, one in ended])
    ledger = Ledger(unit, handovers, playbook)
    for spell_id, one in ended:
        loaded, cause = locked[one.handover_id], of_spell[spell_id]
        decision = ending.undo_readmission(loaded.whole, spell_id, unit.now, playbook, new_id)
        if isinstance(decision, HandoverOpened):
            ledger.open(decision, cause)
        elif decision is not None:
            ledger.change(loaded, decision, cause)
    await ledger.write()
