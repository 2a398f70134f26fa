"""Find a new home for what is open with teams that have closed (R72, S09)."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.log import get_logger
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import happening, succession
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.domain.rules import Playbook
from services.referral.usecases.directory_ports import Homes
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.measures import MOVED, WITH_CLOSED
from services.referral.usecases.ports import Handovers, People

CLOSED = "practice-closed"
AT_ONCE = 200

_log = get_logger()


async def rehome_tasks(
    unit: UnitOfWork,
    *,
    homes: Homes,
    handovers: Handovers,
    people: People,
    playbook: Playbook,
) -> int:
    """Offer a good many handovers' parts to whoever follows; returns how many changed.

    What could not be moved is counted, so that it stays visible.
    """
    closed = [team for team in playbook.directory.teams if succession.is_closed(team, playbook)]
    waiting = await homes.with_teams(unit.connection, closed) if closed else []
    left = len(waiting)
    changed = 0
    for start in range(0, left, AT_ONCE):
        changed += await _rehome(
            unit, waiting[start : start + AT_ONCE], handovers, people, playbook
        )
    WITH_CLOSED.set(left - changed)
    if changed:
        MOVED[CLOSED].inc(changed)
        _log.info("handovers.rehomed", count=changed)
    return changed


async def _rehome(
    unit: UnitOfWork,
    ids: Sequence[UUID],
    handovers: Handovers,
    people: People,
    playbook: Playbook,
) -> int:
    locked = await handovers.lock_many(unit.connection, ids)
    registered = await people.practices(
        unit.connection, {loaded.whole.handover.patient_key for loaded in locked.values()}
    )
    ledger, changed = Ledger(unit, handovers, playbook), 0
    for of in sorted(locked):
        loaded = locked[of]
        facts = _decide(
            loaded.whole, registered.get(loaded.whole.handover.patient_key), unit, playbook
        )
        if facts:
            changed += 1
            ledger.change(loaded, facts, Cause(loaded.correlation_id, of))
    await ledger.write()
    return changed


def _decide(
    whole: Whole, practice: str | None, unit: UnitOfWork, playbook: Playbook
) -> Sequence[Fact]:
    facts = succession.leave_closed(whole, practice, unit.now, playbook, new_id)
    if not succession.without_home(whole, facts):
        return facts
    said = happening.happen(whole, CLOSED, unit.now, unit.now, playbook, new_id)
    return (*facts, *said)
