"""Do several clerical tasks in one act: each has its own outcome, and one that is refused stops none of the others."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Literal, Protocol
from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.errors import Refusal
from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import doing, happening, taking
from services.referral.domain.errors import NotClerical, NotFound
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Whole
from services.referral.usecases import announce
from services.referral.usecases.acting import Desk
from services.referral.usecases.recording import record
from services.referral.usecases.records import Changed
from services.referral.usecases.views import TaskView

BulkAct = Literal["complete", "note", "claim"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task."""

    task_id: UUID
    refused: str = ""
    """Why it was not done, as a sentence; empty: it was."""


@dataclass(frozen=True, slots=True)
class ShownOutcome:
    """The same for a page; no task where it is not theirs to see."""

    act: str
    refused: str
    task: TaskView | None


class Bulks(Protocol):
    """What became of tasks that were done together."""

    async def keep(
        self,
        connection: Connection,
        bulk_id: UUID,
        act: BulkAct,
        by: str,
        at: datetime,
        outcomes: Sequence[Outcome],
    ) -> None: ...

    async def read(
        self, connection: Connection, bulk_id: UUID, by: str, teams: frozenset[str] | None
    ) -> list[ShownOutcome]:
        """The outcomes of an act of this person; none when there was no such act."""
        ...


async def bulk_tasks(
    unit: UnitOfWork,
    desk: Desk,
    task_ids: Sequence[UUID],
    *,
    act: BulkAct,
    text: str,
    bulks: Bulks,
) -> UUID:
    """Complete, note or take these tasks in one transaction; gives the id under which the outcomes are kept.

    Tasks of the same handover follow each other, since one may bring the next with it; all handovers advance
    together, so the number of statements grows with the most tasks of one handover and not with their count.
    """
    wanted = list(dict.fromkeys(task_ids))
    of_task = await desk.handovers.handovers_of(unit.connection, wanted)
    outcomes = {
        task_id: Outcome(task_id, NotFound("task").sentence)
        for task_id in wanted
        if task_id not in of_task
    }
    for turn in _turns(wanted, of_task):
        locked = await desk.handovers.lock_many(unit.connection, turn)
        changes = []
        for handover_id, task_id in sorted(turn.items()):
            loaded = locked[handover_id]
            try:
                facts = _decide(loaded.whole, task_id, desk, unit.now, act, text)
            except Refusal as refusal:
                outcomes[task_id] = Outcome(task_id, refusal.sentence)
                continue
            said = announce.happened(unit, loaded, facts, desk.request_id)
            changes.append(Changed(loaded.whole, facts, said))
            outcomes[task_id] = Outcome(task_id)
        await record(unit, desk.handovers, changes, desk.playbook)
    bulk_id = new_id()
    await bulks.keep(
        unit.connection,
        bulk_id,
        act,
        desk.person.ref,
        unit.now,
        [outcomes[task_id] for task_id in wanted],
    )
    return bulk_id


def _turns(wanted: Sequence[UUID], of_task: Mapping[UUID, UUID]) -> Iterator[dict[UUID, UUID]]:
    """In each turn at most one task of a handover, as task by handover."""
    by_handover: dict[UUID, list[UUID]] = defaultdict(list)
    for task_id in wanted:
        if task_id in of_task:
            by_handover[of_task[task_id]].append(task_id)
    for turn in zip_longest(*by_handover.values()):
        yield {of: task for of, task in zip(by_handover, turn, strict=True) if task is not None}


def _decide(
    whole: Whole, task_id: UUID, desk: Desk, now: datetime, act: BulkAct, text: str
) -> tuple[Fact, ...]:
    task = whole.task(task_id)
    if not desk.person.speaks_for(task.owner_team):
        raise NotFound("task")
    if task.skill != "clerical":
        raise NotClerical
    if act == "claim":
        return (taking.claim(whole, task_id, desk.person, now),)
    if act == "note":
        return (doing.note(whole, task_id, desk.person, now, text=text),)
    completed = doing.complete(whole, task_id, desk.person, now, reason=text)
    return (completed, *happening.done(whole, completed, now, desk.playbook, new_id))
