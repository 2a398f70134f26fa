"""Heed that patients died after they left hospital, and that a death was taken back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from schemas.patient import PatientDescribed
from services.chassis.connection import Connection
from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import ending
from services.referral.domain.handover import Whole
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
    wholes = [locked[one.handover_id].whole for one in found]
    doubted = [whole for whole in wholes if latest[whole.handover.patient_key][0]]
    died = [whole for whole in wholes if not latest[whole.handover.patient_key][0]]
    asking = await who_asks(unit.connection, died, handovers, playbook)
    asking |= {of for of in map(ending.where_it_is_doubted, _by_patient(doubted)) if of}
    ledger = Ledger(unit, handovers, playbook)
    for one in found:
        is_doubted, cause = latest[one.patient_key]
        loaded = locked[one.handover_id]
        decide = ending.doubt_death if is_doubted else ending.die
        asks = one.handover_id in asking
        ledger.change(loaded, decide(loaded.whole, unit.now, playbook, new_id, asks=asks), cause)
    await ledger.write()


async def who_asks(
    connection: Connection, wholes: Iterable[Whole], handovers: Handovers, playbook: Playbook
) -> set[UUID]:
    """In which of these handovers of people who died is asked what a death needs: in one a person, or in none.

    In none, where it is asked already in any handover of theirs and was not called off.
    """
    fit = {
        whole.handover.patient_key: of
        for group in _by_patient(wholes)
        for whole in group
        if (of := ending.where_it_is_asked(group)) is not None
    }
    if not fit:
        return set()
    asked = await handovers.asked_after_death(
        connection, fit, [rule.id for rule in playbook.on(ending.DIED)]
    )
    return {of for patient, of in fit.items() if patient not in asked}


async def ask_elsewhere(
    unit: UnitOfWork,
    ended: Mapping[str, Cause],
    *,
    handovers: Handovers,
    playbook: Playbook,
) -> None:
    """Ask what the deaths of these patients need in another handover, where the one in which it was asked ended."""
    if not ended:
        return
    found = await handovers.of_patients(unit.connection, ended)
    locked = await handovers.lock_many(unit.connection, [one.handover_id for one in found])
    wholes = (loaded.whole for loaded in locked.values())
    knowing = [whole for whole in wholes if whole.handover.death == "said"]
    asking = await who_asks(unit.connection, knowing, handovers, playbook)
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(asking):
        loaded = locked[of]
        facts = ending.ask_here(loaded.whole, unit.now, playbook, new_id)
        ledger.change(loaded, facts, ended[loaded.whole.handover.patient_key])
    await ledger.write()


def _by_patient(wholes: Iterable[Whole]) -> list[list[Whole]]:
    groups: dict[str, list[Whole]] = defaultdict(list)
    for whole in wholes:
        groups[whole.handover.patient_key].append(whole)
    return list(groups.values())
