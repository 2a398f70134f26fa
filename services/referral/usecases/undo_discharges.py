"""Undo what cancelled discharges set off."""

from collections.abc import Sequence

from schemas.spell import SpellDischargeCancelled
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import closing, ending
from services.referral.domain.rules import Playbook
from services.referral.usecases.heed_deaths import ask_elsewhere
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers


async def undo_discharges(
    unit: UnitOfWork,
    cancelled: Sequence[tuple[SpellDischargeCancelled, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Withdraw every handover of each stay, whoever accepted what in it (H07); repeats change nothing."""
    of_spell = {event.spell_id: (event, cause) for event, cause in cancelled}
    found = [
        one
        for one in await handovers.of_spells(unit.connection, of_spell)
        if one.purpose == "discharge" and one.state != "withdrawn"
    ]
    locked = await handovers.lock_many(unit.connection, [one.handover_id for one in found])
    ledger = Ledger(unit, handovers, playbook)
    for one in found:
        event, cause = of_spell[one.spell_id]
        loaded = locked[one.handover_id]
        ledger.change(loaded, closing.undo(loaded.whole, unit.now, reason=event.reason), cause)
    await ledger.write()
    ended = {
        one.patient_key: of_spell[one.spell_id][1]
        for one in found
        if ending.still_asks(locked[one.handover_id].whole, playbook)
    }
    await ask_elsewhere(unit, ended, handovers=handovers, playbook=playbook)
    await handovers.forget_discharges(unit.connection, of_spell)
