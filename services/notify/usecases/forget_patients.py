"""Erase what identifies patients whom discharge has erased."""

from collections.abc import Sequence

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import State
from services.notify.usecases.announce import say_not_delivered
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import Claimed, Standing

FORGOTTEN = "patient-forgotten"


async def forget_patients(keys: Sequence[str], unit: UnitOfWork, stores: Stores) -> None:
    """Delete contact records and private links; what was not sent to these patients never will be.

    Plans and alerts stay: they hold references and codes only.
    """
    unsent = await stores.alerts.lock_unsent_of_patients(unit.connection, keys)
    await stores.alerts.settle(unit.connection, [_withhold(unit, claimed) for claimed in unsent])
    await stores.links.forget(unit.connection, keys)
    await stores.people.forget(unit.connection, keys)


def _withhold(unit: UnitOfWork, claimed: Claimed) -> Standing:
    said = say_not_delivered(unit, claimed, FORGOTTEN, needs_person=False)
    return Standing(claimed.alert.alert_id, State.WITHHELD, FORGOTTEN, None, said)
