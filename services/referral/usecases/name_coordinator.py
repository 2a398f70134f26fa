"""Who the patient's single point of contact is."""

from collections.abc import Mapping
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain import coordinating
from services.referral.domain.rules import Playbook
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.ledger import Ledger
from services.referral.usecases.ports import Handovers
from services.referral.usecases.records import Changed


async def name_coordinator(
    unit: UnitOfWork, desk: Desk, handover_id: UUID, *, team: str, name: str, phone: str
) -> Changed:
    """Propose somebody of a team that is part of the handover."""
    return await act(
        unit,
        desk,
        "handover",
        handover_id,
        lambda whole, now: (
            coordinating.propose(whole, desk.person, now, team=team, name=name, phone=phone),
        ),
    )


async def chase_coordinators(
    unit: UnitOfWork, rung: Mapping[UUID, UUID], *, handovers: Handovers, playbook: Playbook
) -> None:
    """Make a coordinator that is still missing somebody's task; `rung` holds timers by handover."""
    locked = await handovers.lock_many(unit.connection, rung)
    ledger = Ledger(unit, handovers, playbook)
    for of in sorted(locked):
        facts = coordinating.still_missing(locked[of].whole, unit.now, playbook, new_id)
        ledger.change(locked[of], facts, Cause(locked[of].correlation_id, rung[of]))
    await ledger.write()
