"""What each kind of fact changes in the tables, for many handovers at once."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.facts import (
    CoordinatorNamed,
    Fact,
    HandoverCompleted,
    HandoverPatientChanged,
    HandoverReopened,
    HandoverReplanned,
    HandoverWithdrawn,
    SomethingHappened,
)
from services.referral.domain.handover import FINAL
from services.referral.domain.offer_facts import (
    OfferAccepted,
    OfferDeclined,
    OfferRedirected,
    OfferUnanswered,
    TasksOffered,
)
from services.referral.domain.referral_facts import AppointmentChanged, ReferralMoved
from services.referral.domain.task_facts import (
    TaskAdded,
    TaskChanged,
    TaskClaimed,
    TaskEscalated,
    TaskSnoozed,
    TaskWarned,
)
from services.referral.outbound.ladder_writer import write_escalated, write_warned
from services.referral.outbound.offer_writer import (
    ANSWER,
    TAKE_TASKS,
    write_offered,
    write_redirected,
    write_unanswered,
)
from services.referral.outbound.referral_writer import write_appointment, write_referral_moved
from services.referral.outbound.replan_writer import (
    CANCEL_TASKS,
    JOIN_PARTIES,
    WITHDRAW_OFFERS,
    write_patient_changed,
    write_replanned,
)
from services.referral.outbound.rows import TASK_COLUMNS, task_row
from services.referral.outbound.whole_writer import (
    write_coordinator,
    write_happened,
    write_reopened,
)
from services.referral.usecases.records import Changed

F = TypeVar("F", bound=Fact)
Happened = Sequence[tuple[UUID, F]]
"""Facts of one kind, each with its handover."""

_TAKE_COORDINATION = """
UPDATE handovers SET owner_team = $2, owned_by = $4,
                     owned_since = greatest($3, owned_since + interval '1 microsecond')
WHERE handover_id = $1
"""
_TAKE_BACK = "UPDATE tasks SET status = 'accepted' WHERE task_id = ANY($1::uuid[])"
# What the team that says no had already is with whoever asked it again; what others had stays theirs.
_RETURN_TASKS = TAKE_TASKS + " AND owner_team = $6"
_LEAVE = """
DELETE FROM parties p WHERE team = $1 AND handover_id = $2
AND NOT EXISTS (SELECT FROM tasks t WHERE t.handover_id = $2 AND (t.owner_team = $1 OR t.ordered_by = $1 OR $1 = ANY(t.told_teams)))
"""
_CHANGE = """
UPDATE tasks SET status = $2, status_reason = $3, closed_at = CASE WHEN $4 THEN $5::timestamptz END,
                 rings_at = CASE WHEN NOT $4 THEN rings_at END
WHERE task_id = $1
"""
_CLAIM = "UPDATE tasks SET owner_person = $2 WHERE task_id = $1"
_SNOOZE = "UPDATE tasks SET snoozed_until = $2, snoozed_because = $3 WHERE task_id = $1"
_CLOSE = """
UPDATE handovers SET state = $2, closed_at = $3, closed_by = $4, closed_because = $5 WHERE handover_id = $1
"""
_ENDED_BY = "UPDATE handovers SET readmitted_by = $2 WHERE handover_id = $1"


async def write_facts(connection: Connection, changes: Iterable[Changed]) -> None:
    """Write every fact: a constant number of statements for each kind, however many there are."""
    by_kind: dict[type[Fact], list[tuple[UUID, Any]]] = defaultdict(list)
    for change in changes:
        for fact in change.facts:
            by_kind[type(fact)].append((change.whole.handover.handover_id, fact))
    for kind, happened in by_kind.items():
        write = _WRITERS.get(kind)
        if write is not None:
            await write(connection, happened)


async def _accepted(connection: Connection, happened: Happened[OfferAccepted]) -> None:
    await connection.executemany(
        ANSWER, [(f.offer_id, "accepted", f.at, f.by, "") for _, f in happened]
    )
    await connection.executemany(
        TAKE_TASKS, [(f.tasks, f.team, f.at, f.by, "accepted") for _, f in happened]
    )
    await connection.executemany(
        _TAKE_COORDINATION,
        [(of, f.team, f.at, f.by) for of, f in happened if f.takes_coordination],
    )


async def _declined(connection: Connection, happened: Happened[OfferDeclined]) -> None:
    await connection.executemany(
        ANSWER, [(f.offer_id, "declined", f.at, f.by, f.reason) for _, f in happened]
    )
    await connection.executemany(_TAKE_BACK, [(f.tasks,) for _, f in happened])
    await connection.executemany(
        _RETURN_TASKS,
        [(f.tasks, f.owner_team, f.at, f.by, "accepted", f.team) for _, f in happened],
    )
    await connection.executemany(_LEAVE, [(f.team, of) for of, f in happened])


async def _added(connection: Connection, happened: Happened[TaskAdded]) -> None:
    await connection.copy_records_to_table(
        "tasks", columns=TASK_COLUMNS, records=[task_row(f.task, f.at) for _, f in happened]
    )
    await connection.executemany(JOIN_PARTIES, [(f.task.owner_team, of) for of, f in happened])


async def _changed(connection: Connection, happened: Happened[TaskChanged]) -> None:
    await connection.executemany(
        _CHANGE, [(f.task_id, f.status, f.reason, f.status in FINAL, f.at) for _, f in happened]
    )


async def _claimed(connection: Connection, happened: Happened[TaskClaimed]) -> None:
    await connection.executemany(_CLAIM, [(f.task_id, f.person) for _, f in happened])


async def _snoozed(connection: Connection, happened: Happened[TaskSnoozed]) -> None:
    await connection.executemany(_SNOOZE, [(f.task_id, f.until, f.reason) for _, f in happened])


async def _completed(connection: Connection, happened: Happened[HandoverCompleted]) -> None:
    await connection.executemany(_CLOSE, [(of, "completed", f.at, f.by, "") for of, f in happened])


async def _withdrawn(connection: Connection, happened: Happened[HandoverWithdrawn]) -> None:
    await connection.executemany(
        _CLOSE, [(of, "withdrawn", f.at, f.by, f.reason) for of, f in happened]
    )
    await connection.executemany(
        WITHDRAW_OFFERS, [(f.offers, f.at, f.by, f.reason) for _, f in happened]
    )
    await connection.executemany(CANCEL_TASKS, [(f.tasks, f.reason, f.at) for _, f in happened])
    await connection.executemany(
        _ENDED_BY, [(of, f.readmitted_by) for of, f in happened if f.readmitted_by]
    )


_WRITERS: dict[type[Any], Callable[[Connection, Any], Awaitable[None]]] = {
    OfferAccepted: _accepted,
    OfferDeclined: _declined,
    TaskAdded: _added,
    TaskChanged: _changed,
    TaskEscalated: write_escalated,
    HandoverCompleted: _completed,
    HandoverWithdrawn: _withdrawn,
    HandoverReopened: write_reopened,
    CoordinatorNamed: write_coordinator,
    SomethingHappened: write_happened,
    TasksOffered: write_offered,
    OfferRedirected: write_redirected,
    OfferUnanswered: write_unanswered,
    TaskClaimed: _claimed,
    TaskSnoozed: _snoozed,
    TaskWarned: write_warned,
    HandoverReplanned: write_replanned,
    HandoverPatientChanged: write_patient_changed,
    ReferralMoved: write_referral_moved,
    AppointmentChanged: write_appointment,
}
