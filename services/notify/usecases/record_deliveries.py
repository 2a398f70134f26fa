"""Write down how attempts ended, and say it."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import State
from services.notify.domain.attempt import GiveUp, Taken, TryAgain, follow
from services.notify.domain.site import Policy
from services.notify.usecases.announce import say_not_delivered, say_sent
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import Claimed, Ended, Standing


async def record_deliveries(
    ended: Sequence[Ended], unit: UnitOfWork, stores: Stores, policy: Policy, worker: UUID
) -> None:
    """Record the outcomes of one batch.

    That a provider took a message is a fact and counts whoever made the attempt. A failure counts only while the
    lease is ours: otherwise another worker already tries again.
    """
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
