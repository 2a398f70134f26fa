"""Take in what happened on the way, many things at once: what it proves, moves and asks for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import happening
from services.referral.domain.errors import HappenedLater, HappeningUnknown
from services.referral.domain.people import SYSTEM
from services.referral.domain.rules import Playbook
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers
from services.referral.usecases.records import Changed


@dataclass(frozen=True, slots=True)
class Heard:
    """Something happened, as a message says."""

    handover_id: UUID
    code: str
    happened_at: datetime
    cause: Cause
    by: str = SYSTEM


async def happen_to(
    unit: UnitOfWork, heard: Sequence[Heard], *, handovers: Handovers, playbook: Playbook
) -> None:
    """Tell each handover what happened to it; one handover takes one thing in a pass."""
    passes: dict[UUID, list[Heard]] = defaultdict(list)
    for one in heard:
        passes[one.handover_id].append(one)
    while passes:
        locked = await handovers.lock_many(unit.connection, passes)
        ledger = Ledger(unit, handovers, playbook)
        for of in sorted(locked):
            one = passes[of][0]
            facts = happening.happen(
                locked[of].whole,
                one.code,
                one.happened_at,
                unit.now,
                playbook,
                new_id,
                by=one.by,
            )
            ledger.change(locked[of], facts, one.cause)
        await ledger.write()
        passes = {of: rest[1:] for of, rest in passes.items() if rest[1:]}


async def report_happening(
    unit: UnitOfWork, desk: Desk, handover_id: UUID, *, code: str, happened_at: datetime | None
) -> Changed:
    """Let a person say that something happened; without a time, that it happened now."""
    if code not in desk.playbook.happenings:
        raise HappeningUnknown
    if happened_at is not None and happened_at > unit.now:
        raise HappenedLater
    return await act(
        unit,
        desk,
        "handover",
        handover_id,
        lambda whole, now: happening.report(
            whole, code, happened_at or now, now, desk.playbook, new_id, desk.person
        ),
    )
