"""Decide on the alerts that are due, and write down the attempts that begin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import Audience, State
from services.notify.domain.person import Person
from services.notify.domain.plan import Plan
from services.notify.domain.resolver import A_DAY, PlanState, Postpone, Send, Withhold, resolve
from services.notify.domain.wording import shows_nothing
from services.notify.usecases.announce import say_not_delivered
from services.notify.usecases.compose_message import Desk, compose_message
from services.notify.usecases.ports import CannotWriteError, Stores
from services.notify.usecases.records import Attempt, Claimed, Standing
from services.notify.usecases.take_back import want_back

BATCH = 10
"""Claimed, decided and called at once, all of them together: nothing that is claimed waits while the world changes.
It is also how many messages a crash may repeat at most."""
LEASE = timedelta(seconds=30)
"""Longer than a whole batch of attempts may take, so that two workers never try the same alert at once, and short,
because what a killed worker held waits for it."""


async def prepare_deliveries(
    unit: UnitOfWork, stores: Stores, desk: Desk, worker: UUID
) -> tuple[list[Attempt], list[Withhold | Postpone]]:
    """Claim what is due, decide on each, and return the attempts to be made once this is committed.

    Everything is read here and now: who died, was restricted or withdrawn a moment ago is not told. Also returns
    the decisions not to send, to be counted.
    """
    claimed = await stores.queue.claim_due(unit.connection, BATCH, worker)
    if not claimed:
        return [], []
    known = await _gather(claimed, unit, stores)
    attempts: list[Attempt] = []
    standings: list[Standing] = []
    others: list[Withhold | Postpone] = []
    for one in claimed:
        decided = _decide(one, known, unit, desk)
        if isinstance(decided, Attempt):
            attempts.append(decided)
        else:
            others.append(decided)
            standings.append(_stand(one, decided, unit))
    await stores.alerts.settle(unit.connection, standings)
    await _clean_up(standings, claimed, unit, stores)
    await stores.queue.lease(
        unit.connection, [a.claimed.alert.alert_id for a in attempts], worker, LEASE
    )
    await stores.deliveries.start(unit.connection, attempts, unit.now, desk.site.policy.link_life)
    return attempts, others


async def _clean_up(
    standings: Sequence[Standing], claimed: Sequence[Claimed], unit: UnitOfWork, stores: Stores
) -> None:
    """A worker that died may have left the letter of a patient who is not to be told any more."""
    given_up = {one.alert_id for one in standings if one.state is State.WITHHELD}
    tried = [
        one.alert.alert_id
        for one in claimed
        if one.alert.alert_id in given_up
        and one.alert.attempts
        and one.alert.telling.audience is Audience.PATIENT
    ]
    if tried:
        await want_back(await stores.recalls.left_by_alert(unit.connection, tried), unit, stores)


@dataclass(frozen=True, slots=True)
class _Known:
    people: Mapping[str, Person]
    plans: Mapping[UUID, Plan]
    told_today: Mapping[str, int]


async def _gather(claimed: Sequence[Claimed], unit: UnitOfWork, stores: Stores) -> _Known:
    alerts = [one.alert for one in claimed]
    keys = {a.patient_key for a in alerts if a.telling.audience is Audience.PATIENT}
    return _Known(
        await stores.people.find(unit.connection, keys),
        await stores.plans.find(unit.connection, {alert.handover_id for alert in alerts}),
        await stores.alerts.count_told(unit.connection, keys, unit.now - A_DAY),
    )


def _decide(
    claimed: Claimed, known: _Known, unit: UnitOfWork, desk: Desk
) -> Attempt | Withhold | Postpone:
    alert = claimed.alert
    person = known.people.get(alert.patient_key)
    plan = known.plans[alert.handover_id]
    state = PlanState(
        plan.standing,
        plan.test_patient,
        plan.clock_started_at,
        plan.back_in_hospital,
        shows_nothing(plan, desk.words),
        known.told_today.get(alert.patient_key, 0),
    )
    decision = resolve(person, alert, state, unit.now, desk.site)
    if not isinstance(decision, Send):
        return decision
    try:
        composed = compose_message(alert, plan, decision, unit.now, desk)
    except CannotWriteError:
        return Withhold("message-cannot-be-written", needs_person=True)
    return Attempt(
        claimed,
        alert.attempts + 1,
        composed.message,
        composed.rendered,
        composed.said,
        composed.token_hash,
    )


def _stand(claimed: Claimed, decision: Withhold | Postpone, unit: UnitOfWork) -> Standing:
    alert_id = claimed.alert.alert_id
    if isinstance(decision, Postpone):
        return Standing(alert_id, State.WAITING, decision.reason, decision.until, claimed.said)
    said = say_not_delivered(unit, claimed, decision.reason, needs_person=decision.needs_person)
    return Standing(alert_id, State.WITHHELD, decision.reason, None, said)
