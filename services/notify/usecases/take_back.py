"""Take back patients' messages that had left when they stopped being right, or have a person put them right."""

from collections.abc import Mapping, Sequence

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import Channel, State
from services.notify.domain.taking_back import after_taking_back, why_take_back
from services.notify.usecases.announce import say_not_delivered, say_overtaken
from services.notify.usecases.ports import Carrier, Stores
from services.notify.usecases.records import Claimed, Recall, Sent, Standing

BATCH = 10


async def want_back(sent: Sequence[Sent], unit: UnitOfWork, stores: Stores) -> None:
    """Note which of these messages should not have reached their patients, as things stand now."""
    if not sent:
        return
    people = await stores.people.find(unit.connection, {one.patient_key for one in sent})
    standings = await stores.plans.standings(unit.connection, {one.handover_id for one in sent})
    wanted = [
        Recall(one.alert_id, reason, one.channel, one.sent_at)
        for one in sent
        if (
            reason := why_take_back(
                people.get(one.patient_key), standings[one.handover_id], one.channel
            )
        )
    ]
    await stores.recalls.want(unit.connection, wanted)


async def take_back(
    unit: UnitOfWork, stores: Stores, carriers: Mapping[Channel, Carrier]
) -> list[tuple[Recall, bool]]:
    """Try one batch; returns each with whether it was caught in time.

    The letters are removed inside the transaction: another worker that found one gone would take it for posted.
    A crash before the commit has the same effect, and a person asks once too often.
    """
    recalls = await stores.recalls.claim(unit.connection, BATCH)
    if not recalls:
        return []
    tried = [(one, await carriers[one.channel].take_back(one.alert_id)) for one in recalls]
    ids = [one.alert_id for one in recalls]
    locked = {one.alert.alert_id: one for one in await stores.alerts.lock(unit.connection, ids)}
    standings = [_stand(one, back, locked[one.alert_id], unit) for one, back in tried]
    await stores.alerts.settle(unit.connection, standings)
    await stores.recalls.end(unit.connection, [(one.alert_id, back) for one, back in tried])
    return tried


def _stand(recall: Recall, back: bool, now: Claimed, unit: UnitOfWork) -> Standing:
    alert_id = now.alert.alert_id
    if not back:
        said = say_overtaken(unit, now, recall)
        return Standing(alert_id, now.state, recall.reason, None, said)
    if now.state is not State.SENT:
        # Said already that it did not arrive: only its letter was left behind by a worker that died.
        return Standing(alert_id, now.state, recall.reason, None, now.said)
    state, needs_person = after_taking_back(recall.reason)
    said = say_not_delivered(unit, now, recall.reason, needs_person=needs_person)
    return Standing(alert_id, state, recall.reason, None, said)
