"""Write down how attempts ended, and say it."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import Audience, State
from services.notify.domain.attempt import GiveUp, Taken, TryAgain, follow
from services.notify.domain.site import Policy
from services.notify.usecases.announce import say_not_delivered, say_sent
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import Claimed, Ended, Standing
from services.notify.usecases.take_back import want_back


async def record_deliveries(
    ended: Sequence[Ended], unit: UnitOfWork, stores: Stores, policy: Policy, worker: UUID
) -> None:
    """Record the outcomes of one batch.

    That a provider took a message is a fact and counts whoever made the attempt. A failure counts only while the
    lease is ours: otherwise another worker already tries again. A message to a patient whose handover was withdrawn
    while it was on its way, or who has died, is taken back.
    """
    arrived = [
        one.attempt.claimed.alert
        for one in ended
        if isinstance(one.outcome, Taken)
        and one.attempt.claimed.alert.telling.audience is Audience.PATIENT
    ]
    if arrived:
        # Before the alerts, in the order of those who withdraw: either they see that it was sent, or we see why not.
        await stores.people.hold(unit.connection, {alert.patient_key for alert in arrived})
        await stores.plans.hold(unit.connection, {alert.handover_id for alert in arrived})
    ids = [one.attempt.claimed.alert.alert_id for one in ended]
    locked = {one.alert.alert_id: one for one in await stores.alerts.lock(unit.connection, ids)}
    standings = [
        standing
        for one in ended
        if (
            standing := _stand(
                one, locked[one.attempt.claimed.alert.alert_id], unit, policy, worker
            )
        )
    ]
    await stores.deliveries.end(unit.connection, ended)
    await stores.alerts.settle(unit.connection, standings)
    if arrived:
        left = await stores.recalls.left_by_alert(
            unit.connection, [alert.alert_id for alert in arrived]
        )
        await want_back(left, unit, stores)


def _stand(
    ended: Ended, now: Claimed, unit: UnitOfWork, policy: Policy, worker: UUID
) -> Standing | None:
    if now.state is not State.WAITING:
        return None
    step = follow(ended.outcome, ended.attempt.number, unit.now, policy)
    alert_id = now.alert.alert_id
    if isinstance(step, Taken):
        said = say_sent(unit, now, ended.attempt.message.channel)
        return Standing(alert_id, State.SENT, "", None, said)
    if now.lease_owner != worker:
        return None
    if isinstance(step, TryAgain):
        return Standing(alert_id, State.WAITING, step.reason, step.at, now.said)
    assert isinstance(step, GiveUp)
    said = say_not_delivered(unit, now, step.reason, needs_person=True)
    return Standing(alert_id, State.FAILED, step.reason, None, said)
