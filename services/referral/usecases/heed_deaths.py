"""Heed that patients died after they left hospital, and that a death was taken back."""

from collections.abc import Sequence

from schemas.patient import PatientDescribed
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import ending
from services.referral.domain.rules import Playbook
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers

_TAKEN_BACK = "removed"


async def heed_deaths(
    unit: UnitOfWork,
    described: Sequence[tuple[PatientDescribed, Cause]],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Call off what a death makes pointless and ask for what it needs, once; let a person look when it is doubted (S04)."""
    latest = {
        event.patient_key: (event.death_status == _TAKEN_BACK, cause)
        for event, cause in described
        if event.deceased or event.death_status == _TAKEN_BACK
    }
    if not latest:
        return
    found = await handovers.of_patients(unit.connection, latest)
    locked = await handovers.lock_many(unit.connection, [one.handover_id for one in found])
    ledger = Ledger(unit, handovers, playbook)
    for one in found:
        doubted, cause = latest[one.patient_key]
        loaded = locked[one.handover_id]
        decide = ending.doubt_death if doubted else ending.die
        ledger.change(loaded, decide(loaded.whole, unit.now, playbook, new_id), cause)
    await ledger.write()
