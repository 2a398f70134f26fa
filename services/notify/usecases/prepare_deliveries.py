"""Decide on the alerts that are due, and write down the attempts that begin."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.alert import Audience, State
from services.notify.domain.decision import Postpone, Withhold
from services.notify.usecases.announce import say_not_delivered
from services.notify.usecases.decide import Decided, decide, gather
from services.notify.usecases.decide_together import decide_together
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import Attempt, Claimed, Standing
from services.notify.usecases.take_back import want_back

BATCH = 10
"""Messages claimed, decided and called at once, all of them together: nothing that is claimed waits while the world
changes. It is also how many messages a crash may repeat at most."""
TEAMS = 5
"""Of them those in which all that a team is due goes together: half, so that neither kind holds up the other."""
LEASE = timedelta(seconds=30)
"""Longer than a whole batch of attempts may take, so that two workers never try the same alert at once, and short,
because what a killed worker held waits for it."""


async def prepare_deliveries(
    unit: UnitOfWork, stores: Stores, desk: Desk, worker: UUID
) -> tuple[list[Attempt], list[Withhold | Postpone]]:
    """Claim what is due, decide on each, and return the attempts to be made once this is committed.

    Everything is read here and now: who died, was restricted or withdrawn a moment ago is not told. Also returns
    the decisions not to send, to be counted. Alerts that go together have attempts with one message.
    """
    together = await stores.queue.claim_together(unit.connection, TEAMS, worker)
    room = BATCH - len({one.alert.telling.team for one in together})
    alone = await stores.queue.claim_due(unit.connection, room, worker)
    claimed = [*together, *alone]
    if not claimed:
        return [], []
    known = await gather(claimed, unit, stores, desk)
    decided: list[tuple[Claimed, Decided]] = [(one, decide(one, known, unit)) for one in alone]
    decided += await decide_together(together, known, unit, stores)
    attempts = sorted(
        _one_each([of for _, of in decided if isinstance(of, Attempt)]),
        key=lambda attempt: not attempt.claimed.alert.telling.urgent,
    )
    others = [of for _, of in decided if not isinstance(of, Attempt)]
    standings = [_stand(one, of, unit) for one, of in decided if not isinstance(of, Attempt)]
    await stores.alerts.settle(unit.connection, standings)
    await _clean_up(standings, claimed, unit, stores)
    await stores.queue.lease(
        unit.connection, [a.claimed.alert.alert_id for a in attempts], worker, LEASE
    )
    await stores.deliveries.start(unit.connection, attempts, unit.now, desk.site.policy.link_life)
    return attempts, others


def _one_each(attempts: Sequence[Attempt]) -> list[Attempt]:
    """One message to each patient in a batch: whether the next is still news is decided when this one has left."""
    first: dict[str, Attempt] = {}
    for one in attempts:
        if one.claimed.alert.telling.audience is Audience.PATIENT:
            first.setdefault(one.claimed.alert.patient_key, one)
    return [
        one
        for one in attempts
        if one.claimed.alert.telling.audience is not Audience.PATIENT
        or first[one.claimed.alert.patient_key] is one
    ]


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


def _stand(claimed: Claimed, decision: Withhold | Postpone, unit: UnitOfWork) -> Standing:
    alert_id = claimed.alert.alert_id
    if isinstance(decision, Postpone):
        return Standing(alert_id, State.WAITING, decision.reason, decision.until, claimed.said)
    said = say_not_delivered(unit, claimed, decision.reason, needs_person=decision.needs_person)
    return Standing(alert_id, State.WITHHELD, decision.reason, None, said)
