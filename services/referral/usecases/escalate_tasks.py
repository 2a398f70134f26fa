"""Take the steps of the ladder that silence asks for, many at once."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from services.chassis.log import get_logger
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain.escalating import escalate
from services.referral.domain.facts import Fact
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskEscalated
from services.referral.usecases import announce
from services.referral.usecases.measures import ESCALATED, WARNED
from services.referral.usecases.ports import Handovers
from services.referral.usecases.recording import record
from services.referral.usecases.records import Changed, Loaded

_log = get_logger()
_NAMED = 20
"""Handovers that one line of the log names; after an outage there may be thousands."""


async def escalate_tasks(
    unit: UnitOfWork, rung: Mapping[UUID, UUID], *, handovers: Handovers, playbook: Playbook
) -> None:
    """Take one step of the ladder for each task that is still open; `rung` holds timers by task.

    A task that is closed, or whose next step is yet to come, is left as it is: a timer may ring twice.
    """
    of_task = await handovers.handovers_of(unit.connection, rung)
    locked = await handovers.lock_many(unit.connection, set(of_task.values()), tasks_only=rung)
    changes = [_escalate(unit, locked[of], rung, playbook) for of in sorted(locked)]
    changes = [change for change in changes if change.facts]
    await record(unit, handovers, changes, playbook)
    steps = [fact for change in changes for fact in change.facts]
    breached = sum(isinstance(fact, TaskEscalated) for fact in steps)
    ESCALATED.inc(breached)
    WARNED.inc(len(steps) - breached)
    if breached:
        late = [str(change.whole.handover.handover_id) for change in changes]
        _log.warning("task.escalated", count=breached, handovers=late[:_NAMED])


def _escalate(
    unit: UnitOfWork, loaded: Loaded, rung: Mapping[UUID, UUID], playbook: Playbook
) -> Changed:
    whole, said, facts = loaded.whole, loaded.said, list[Fact]()
    for task in whole.tasks:
        if task.task_id not in rung:
            continue
        fact = escalate(task, whole, unit.now, playbook)
        if fact is not None:
            timer = rung[task.task_id]
            said = announce.happened(unit, replace(loaded, said=said), [fact], timer)
            facts.append(fact)
    return Changed(whole, facts, said)
