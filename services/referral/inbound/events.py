"""The events that referral listens to."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.alert import AlertAcknowledged, AlertNotDelivered, AlertSent
from schemas.patient import PatientDescribed
from schemas.spell import SpellDischarged
from services.chassis.consumer import Received, Subscription
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.rules import Playbook
from services.referral.usecases.hear_alerts import hear_alerts
from services.referral.usecases.know_people import describe_people, forget_people
from services.referral.usecases.open_handovers import open_handovers
from services.referral.usecases.ports import Handovers, People


@dataclass(frozen=True, slots=True)
class Ears:
    """Hands what was heard to the use cases, kind by kind: each kind in a constant number of statements."""

    handovers: Handovers
    people: People
    playbook: Playbook

    @property
    def subscription(self) -> Subscription:
        """What to listen to. Of spells only discharges: an admission hands nothing over."""
        return Subscription(
            (PatientDescribed, SpellDischarged, AlertSent, AlertNotDelivered, AlertAcknowledged),
            self.on_events,
            self.on_tombstones,
        )

    async def on_events(self, heard: Sequence[Received], unit: UnitOfWork) -> None:
        """Sort a batch by kind. Kinds come from different streams, so their order among each other is free."""
        described, discharges, alerts = [], [], []
        for one in heard:
            match one.event:
                case PatientDescribed() as event:
                    described.append(event)
                case SpellDischarged() as event:
                    discharges.append((event, one.cause))
                case AlertSent() | AlertNotDelivered() | AlertAcknowledged() as event:
                    alerts.append((event, one.cause))
        if described:
            await describe_people(unit, described, people=self.people)
        if discharges:
            await open_handovers(unit, discharges, handovers=self.handovers, playbook=self.playbook)
        if alerts:
            await hear_alerts(unit, alerts, handovers=self.handovers, playbook=self.playbook)

    async def on_tombstones(self, keys: Sequence[str], unit: UnitOfWork) -> None:
        """Patients whom discharge has erased."""
        await forget_people(unit, keys, people=self.people)
