"""The events that notify listens to."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.directory import TeamDescribed
from schemas.patient import PatientDescribed
from services.chassis.consumer import Received, Subscription
from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.budget import Budget
from services.notify.usecases.describe_patients import describe_patients
from services.notify.usecases.describe_teams import describe_teams
from services.notify.usecases.fold_facts import HANDOVER_EVENTS
from services.notify.usecases.follow_handovers import follow_handovers
from services.notify.usecases.forget_patients import forget_patients
from services.notify.usecases.ports import Stores


@dataclass(frozen=True, slots=True)
class Ears:
    """Hands what was heard to the use cases."""

    stores: Stores
    budget: Budget

    @property
    def subscription(self) -> Subscription:
        """What to listen to."""
        return Subscription(
            (PatientDescribed, TeamDescribed, *HANDOVER_EVENTS), self.on_events, self.on_tombstones
        )

    async def on_events(self, heard: Sequence[Received], unit: UnitOfWork) -> None:
        """Teams and patients first, so that a handover heard in the same batch finds them."""
        teams = [one.event for one in heard if isinstance(one.event, TeamDescribed)]
        described = [one.event for one in heard if isinstance(one.event, PatientDescribed)]
        known = (TeamDescribed, PatientDescribed)
        handovers = [one for one in heard if not isinstance(one.event, known)]
        if teams:
            await describe_teams(teams, unit, self.stores)
        if described:
            await describe_patients(described, unit, self.stores)
        if handovers:
            await follow_handovers(handovers, unit, self.stores, self.budget)

    async def on_tombstones(self, keys: Sequence[str], unit: UnitOfWork) -> None:
        """Patients whom discharge has erased."""
        await forget_patients(keys, unit, self.stores)
