"""Say that a result was still missing when the patient left."""

from datetime import date
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import UnitOfWork
from services.referral.domain import results
from services.referral.domain.handover import MissingResult
from services.referral.usecases.acting import Desk, act
from services.referral.usecases.records import Changed


async def expect_result(
    unit: UnitOfWork,
    desk: Desk,
    handover_id: UUID,
    *,
    test: str,
    ordered_by: str = "",
    expected_on: date | None = None,
) -> Changed:
    """Give the result an owner until somebody has read it: the team that ordered it; empty: the one that sent the patient.

    Nothing changes when that result of that day is looked for already.
    """
    wanted = MissingResult(test, ordered_by, expected_on)
    return await act(
        unit,
        desk,
        "handover",
        handover_id,
        lambda whole, now: results.expect(whole, wanted, now, desk.playbook, new_id, desk.person),
    )
