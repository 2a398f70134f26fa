"""Take in what is known better of discharges that stand."""

from collections.abc import Sequence

from schemas.spell import SpellCorrected
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import ending, replanning
from services.referral.domain.facts import HandoverOpened
from services.referral.domain.rules import Playbook
from services.referral.usecases.heed_deaths import ask_elsewhere
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.open_handovers import Asked, open_each, read_discharge
from services.referral.usecases.ports import Handovers


async def correct_discharges(
    unit: UnitOfWork,
    corrections: Sequence[tuple[SpellCorrected, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Plan again what depends on what changed; open a handover where none was needed before."""
    asked = [(read_discharge(event), cause) for event, cause in corrections]
    standing = await handovers.standing(unit.connection, [discharge for discharge, _ in asked])
    locked = await handovers.lock_many(
        unit.connection, {found.handover_id for found in standing.values() if found.handover_id}
    )
    ledger = Ledger(unit, handovers, playbook)
    new, ended = list[Asked](), dict[str, Cause]()
    for discharge, cause in asked:
        found = standing[discharge.spell_id]
        if found.handover_id is None:
            new.append((discharge, found, cause))
            continue
        loaded = locked[found.handover_id]
        decision = replanning.correct(
            loaded.whole, discharge, unit.now, playbook, new_id, known_dead=found.known_dead
        )
        if isinstance(decision, HandoverOpened):
            ledger.open(decision, cause)
        elif decision is not None:
            ledger.change(loaded, [decision], cause)
            if discharge.deceased and ending.still_asks(loaded.whole, playbook):
                ended[loaded.whole.handover.patient_key] = cause
    await open_each(ledger, new)
    await ledger.write()
    await ask_elsewhere(unit, ended, handovers=handovers, playbook=playbook)
