"""From who should learn of a fact to alerts: when each leaves, and to whom where a team has closed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis.consumer import Received
from services.chassis.ids import new_id
from services.notify.domain.alert import Telling
from services.notify.domain.budget import Budget, Way
from services.notify.domain.plan import Plan
from services.notify.usecases.records import NewAlert


@dataclass(frozen=True, slots=True)
class Posted:
    """A new alert, and the team that learns of it where the one that is meant has closed."""

    alert: NewAlert
    else_team: str


@dataclass(frozen=True, slots=True)
class Post:
    """Makes alerts of one batch."""

    now: datetime
    budget: Budget

    def alerts(self, received: Received, plan: Plan, tellings: Iterable[Telling]) -> list[Posted]:
        """One alert for each: due at once, or with the next digest of its team."""
        return [
            Posted(self._alert(received, plan, telling), plan.coordinator_team)
            for telling in tellings
        ]

    def _alert(self, received: Received, plan: Plan, telling: Telling) -> NewAlert:
        digest = self.budget.way(telling) is Way.DIGEST
        return NewAlert(
            alert_id=new_id(),
            handover_id=plan.handover_id,
            patient_key=plan.patient_key,
            telling=telling,
            caused_by=received.envelope.event_id,
            correlation_id=received.envelope.correlation_id,
            happened_at=received.envelope.occurred_at,
            due_at=self.budget.next_digest(self.now) if digest else self.now,
            digest=digest,
        )


def instead(posted: Sequence[Posted], closed: Collection[str]) -> list[NewAlert]:
    """The alerts, with the accountable team in the place of a closed one; no team hears of one fact twice."""
    alerts = [
        replace(one.alert, telling=replace(one.alert.telling, team=one.else_team))
        if one.alert.telling.team in closed
        else one.alert
        for one in posted
    ]
    once: dict[tuple[object, ...], NewAlert] = {}
    for alert in alerts:
        told = alert.telling
        key = (alert.caused_by, alert.handover_id, told.audience, told.team)
        once.setdefault(key, alert)
    return list(once.values())
