"""One message for all that a team is due, and at most one digest a day (rule A47, hazard H14)."""

from collections import defaultdict
from collections.abc import Sequence

from services.chassis.unit_of_work import UnitOfWork
from services.notify.domain.decision import Postpone, Send, Withhold
from services.notify.usecases.compose_together import compose_together
from services.notify.usecases.decide import UNWRITABLE, Decided, Known, decide, decision_on
from services.notify.usecases.ports import CannotWriteError, Stores
from services.notify.usecases.records import Attempt, Claimed

HAD_DIGEST = "had-its-digest"


async def decide_together(
    claimed: Sequence[Claimed], known: Known, unit: UnitOfWork, stores: Stores
) -> list[tuple[Claimed, Decided]]:
    """Decide on each; those of a team that may be sent share an attempt under the reference of the oldest.

    A team has its digest of a day once something may be sent in it: what has nothing to say any more takes no day.
    """
    decided: list[tuple[Claimed, Decided]] = []
    to_send: defaultdict[str, list[tuple[Claimed, Send]]] = defaultdict(list)
    for one in claimed:
        decision = decision_on(one, known, unit)
        if isinstance(decision, Send):
            to_send[one.alert.telling.team].append((one, decision))
        else:
            decided.append((one, decision))
    budget = known.desk.site.policy.budget
    first = {
        team for team, ready in to_send.items() if any(_takes_the_day(one) for one, _ in ready)
    }
    today = unit.now.astimezone(budget.zone).date()
    free = await stores.digests.take_day(unit.connection, first, today)
    for team, ready in to_send.items():
        later = [one for one, _ in ready if team not in free and _takes_the_day(one)]
        until = Postpone(budget.next_digest(unit.now), HAD_DIGEST)
        decided += [(one, until) for one in later]
        now = [(one, send) for one, send in ready if one not in later]
        decided += _one_message(now, known, unit)
    return decided


def _takes_the_day(claimed: Claimed) -> bool:
    """What was tried before belongs to the digest that it was tried in."""
    return claimed.alert.digest and not claimed.alert.attempts


def _one_message(
    ready: Sequence[tuple[Claimed, Send]], known: Known, unit: UnitOfWork
) -> list[tuple[Claimed, Decided]]:
    if not ready:
        return []
    (first, send), *others = ready
    if not others and not first.alert.digest:
        return [(first, decide(first, known, unit))]
    alerts = [(one.alert, known.plans[one.alert.handover_id]) for one, _ in ready]
    try:
        composed = compose_together(alerts, send, unit.now, known.desk)
    except CannotWriteError:
        return [(one, Withhold(UNWRITABLE, needs_person=True)) for one, _ in ready]
    said = {"together_with": str(first.alert.alert_id)}
    return [
        (
            one,
            Attempt(
                one,
                one.alert.attempts + 1,
                composed.message,
                composed.rendered,
                composed.said if one is first else said,
            ),
        )
        for one, _ in ready
    ]
