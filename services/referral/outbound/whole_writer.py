"""What happens to a handover as a whole, in the tables: taken up again, its coordinator, what its rules count from."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.facts import CoordinatorNamed, HandoverReopened, SomethingHappened

_REOPEN = """
UPDATE handovers SET state = 'open', closed_at = NULL, closed_by = NULL, closed_because = '' WHERE handover_id = $1
"""
_NAME_COORDINATOR = """
UPDATE handovers SET coordinator_state = $2, coordinator_at = $3, coordinator_name = $4, coordinator_phone = $5
WHERE handover_id = $1
"""
# The first time counts; what happens again brings its own work and moves nothing.
_HAPPENED = """
INSERT INTO happenings (handover_id, code, happened_at, heard_at, by_whom) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (handover_id, code) DO NOTHING
"""


async def write_reopened(
    connection: Connection, happened: Sequence[tuple[UUID, HandoverReopened]]
) -> None:
    """It is open again; its history says that it was not."""
    await connection.executemany(_REOPEN, [(of,) for of, _ in happened])


async def write_coordinator(
    connection: Connection, happened: Sequence[tuple[UUID, CoordinatorNamed]]
) -> None:
    """The single point of contact."""
    named = [(of, f.coordinator) for of, f in happened]
    await connection.executemany(
        _NAME_COORDINATOR, [(of, who.state, who.team, who.name, who.phone) for of, who in named]
    )


async def write_happened(
    connection: Connection, happened: Sequence[tuple[UUID, SomethingHappened]]
) -> None:
    """What rules count from."""
    await connection.executemany(
        _HAPPENED, [(of, f.code, f.happened_at, f.at, f.by) for of, f in happened]
    )
