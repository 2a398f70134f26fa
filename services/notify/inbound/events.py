"""The events that notify listens to."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.patient import PatientDescribed
from services.chassis.consumer import Received, Subscription
from services.chassis.unit_of_work import UnitOfWork
from services.notify.usecases.describe_patients import describe_patients
from services.notify.usecases.fold_facts import HANDOVER_EVENTS
from services.notify.usecases.follow_handovers import follow_handovers
from services.notify.usecases.forget_patients import forget_patients
from services.notify.usecases.ports import Stores


@dataclass(frozen=True, slots=True)
class Ears:
    """Hands what was heard to the use cases."""

    stores: Stores

    @property
    def subscription(self) -> Subscription:
        """What to listen to."""
        return Subscription(
            (PatientDescribed, *HANDOVER_EVENTS), self.on_events, self.on_tombstones
        )

    async def on_events(self, heard: Sequence[Received], unit: UnitOfWork) -> None:
        """Patients first, so that a handover heard in the same batch finds its patient."""
        described = [one.event for one in heard if isinstance(one.event, PatientDescribed)]
        handovers = [one for one in heard if not isinstance(one.event, PatientDescribed)]
        if described:
            await describe_patients(described, unit, self.stores)
        if handovers:
            await follow_handovers(handovers, unit, self.stores)

    async def on_tombstones(self, keys: Sequence[str], unit: UnitOfWork) -> None:
        """Patients whom discharge has erased."""
        await forget_patients(keys, unit, self.stores)
