"""Decide on one claimed alert with all that is known at this moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import Audience
from services.notify.domain.decision import Decision, PlanState, Postpone, Send, Withhold
from services.notify.domain.overtaken import why_overtaken
from services.notify.domain.person import Person
from services.notify.domain.plan import Plan
from services.notify.domain.resolver import A_DAY, resolve
from services.notify.domain.wording import shows_nothing
from services.notify.usecases.compose_message import compose_message
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import CannotWriteError, Stores
from services.notify.usecases.records import Attempt, Claimed

Decided = Attempt | Withhold | Postpone
UNWRITABLE = "message-cannot-be-written"


@dataclass(frozen=True, slots=True)
class Known:
    """What one batch of decisions looks at, read in a constant number of statements."""

    people: Mapping[str, Person]
    plans: Mapping[UUID, Plan]
    told_today: Mapping[str, int]
    last_told: Mapping[UUID, datetime]
    desk: Desk


async def gather(claimed: Sequence[Claimed], unit: UnitOfWork, stores: Stores, desk: Desk) -> Known:
    """Read what the decisions on these alerts need."""
    alerts = [one.alert for one in claimed]
    to_patients = [alert for alert in alerts if alert.telling.audience is Audience.PATIENT]
    keys = {alert.patient_key for alert in to_patients}
    plans = await stores.plans.find(unit.connection, {alert.handover_id for alert in alerts})
    teams = {team for alert in alerts for team in (alert.telling.team, alert.telling.about_team)}
    teams |= {team for plan in plans.values() for team in plan.teams}
    return Known(
        await stores.people.find(unit.connection, keys),
        plans,
        await stores.alerts.count_told(unit.connection, keys, unit.now - A_DAY),
        await stores.alerts.last_told(
            unit.connection, {alert.handover_id for alert in to_patients}
        ),
        desk.knowing(await stores.teams.find(unit.connection, teams)),
    )


def decision_on(claimed: Claimed, known: Known, unit: UnitOfWork) -> Decision:
    """Send, withhold or postpone."""
    alert = claimed.alert
    plan = known.plans[alert.handover_id]
    state = PlanState(
        plan.standing,
        plan.test_patient,
        plan.clock_started_at,
        plan.back_in_hospital,
        shows_nothing(plan, known.desk.words),
        known.told_today.get(alert.patient_key, 0),
        why_overtaken(alert, plan, known.last_told.get(alert.handover_id)),
    )
    person = known.people.get(alert.patient_key)
    return resolve(person, alert, state, unit.now, known.desk.site)


def decide(claimed: Claimed, known: Known, unit: UnitOfWork) -> Decided:
    """The attempt with its message, or why there is none now."""
    decision = decision_on(claimed, known, unit)
    if not isinstance(decision, Send):
        return decision
    alert = claimed.alert
    try:
        composed = compose_message(
            alert, known.plans[alert.handover_id], decision, unit.now, known.desk
        )
    except CannotWriteError:
        return Withhold(UNWRITABLE, needs_person=True)
    return Attempt(
        claimed,
        alert.attempts + 1,
        composed.message,
        composed.rendered,
        composed.said,
        composed.token_hash,
    )
