"""Chase teams that did not say in time that they know of a withdrawal."""

from collections.abc import Mapping
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import adding
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskAdded
from services.referral.usecases import announce
from services.referral.usecases.ports import Handovers
from services.referral.usecases.recording import UNREAD, record
from services.referral.usecases.records import Changed, HistoryEntry


async def chase_withdrawals(
    unit: UnitOfWork, rung: Mapping[UUID, UUID], *, handovers: Handovers, playbook: Playbook
) -> None:
    """Let the ward tell each team that may still act on what was withdrawn (H07); `rung` holds timers by notice."""
    notices = await handovers.unanswered(unit.connection, rung)
    locked = await handovers.lock_many(unit.connection, {one.handover_id for one in notices})
    changes, entries = [], []
    for handover_id in sorted(locked):
        loaded, added = locked[handover_id], list[TaskAdded]()
        for one in notices:
            if one.handover_id != handover_id:
                continue
            added += adding.tell_to_stop(loaded.whole, one.team, unit.now, playbook, new_id)
            entries.append(HistoryEntry(handover_id, unit.now, UNREAD, None, one.team))
            caused_by = rung[one.notice_id]
        if added:
            said = announce.happened(unit, loaded, added, caused_by)
            changes.append(Changed(loaded.whole, added, said))
    if changes:
        await handovers.remember(unit.connection, entries)
        await record(unit, handovers, changes, playbook)
