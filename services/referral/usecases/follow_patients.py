"""Follow patients whose stays belong to another patient key now."""

from collections.abc import Sequence

from schemas.spell import SpellPatientChanged
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import adding, ending
from services.referral.domain.facts import Fact, HandoverPatientChanged
from services.referral.domain.rules import Playbook
from services.referral.usecases.heed_deaths import who_asks
from services.referral.usecases.ledger import Ledger, under
from services.referral.usecases.ports import Handovers, People, Stays
from services.referral.usecases.records import Loaded

_DOUBTFUL = ("merged", "unmerged")


async def follow_patients(
    unit: UnitOfWork,
    changed: Sequence[tuple[SpellPatientChanged, Cause]],
    *,
    handovers: Handovers,
    stays: Stays,
    people: People,
    playbook: Playbook,
) -> None:
    """Move the handovers of each stay, in their own order of events, and let a person check joined records (P14).

    The stricter word wins: a handover that comes to somebody who died ends as it would have with them.
    """
    of_spell = {event.spell_id: (event, cause) for event, cause in changed}
    await stays.move(
        unit.connection, [(event.spell_id, event.patient_key) for event, _ in of_spell.values()]
    )
    found = [
        one
        for one in await handovers.of_spells(unit.connection, of_spell)
        if one.patient_key != of_spell[one.spell_id][0].patient_key
    ]
    if not found:
        return
    dead = await people.dead(
        unit.connection, {of_spell[one.spell_id][0].patient_key for one in found}
    )
    locked = await handovers.lock_many(unit.connection, [one.handover_id for one in found])
    moved = {
        one.handover_id: under(locked[one.handover_id], of_spell[one.spell_id][0].patient_key)
        for one in found
    }
    wholes = (loaded.whole for loaded in moved.values())
    died = [whole for whole in wholes if whole.handover.patient_key in dead]
    asking = await who_asks(unit.connection, died, handovers, playbook)
    ledger = Ledger(unit, handovers, playbook)
    for of, loaded in moved.items():
        event, cause = of_spell[loaded.whole.handover.spell_id]
        facts: list[Fact] = [
            HandoverPatientChanged(
                event.patient_key, event.previous_patient_key, event.reason, unit.now
            )
        ]
        if event.patient_key in dead:
            facts += ending.die(loaded.whole, unit.now, playbook, new_id, asks=of in asking)
        facts += _check(loaded, event, unit, playbook)
        ledger.change(loaded, facts, cause)
    await ledger.write()


def _check(
    loaded: Loaded, event: SpellPatientChanged, unit: UnitOfWork, playbook: Playbook
) -> Sequence[Fact]:
    if event.reason not in _DOUBTFUL:
        return ()
    return adding.check_records(loaded.whole, unit.now, unit.now, playbook, new_id)
