"""Ask another team to take over one task."""

from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import passing_on
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed
from services.referral.usecases.team_choice import chosen


async def hand_on_task(
    unit: UnitOfWork, desk: Desk, task_id: UUID, *, team: str, reason: str
) -> Changed:
    """Offer it to `team`; this team stays accountable until they accept. `reason` is one of `domain.reasons.OFFER`."""
    to = chosen(desk.playbook, team)
    return await act(
        unit,
        desk,
        "task",
        task_id,
        lambda whole, now: (
            passing_on.hand_on(
                whole, task_id, to, desk.person, now, desk.playbook, new_id, reason=reason
            ),
        ),
    )
