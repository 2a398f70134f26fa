"""How far referrals have got, read with their handovers."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.referral import Appointment, Progress

_PROGRESS = """
SELECT handover_id, state, team, service_request, clock_stopped_at
FROM referrals WHERE handover_id = ANY($1::uuid[])
"""
_APPOINTMENTS = """
SELECT handover_id, appointment_id, team, starts_at, status
FROM appointments WHERE handover_id = ANY($1::uuid[]) ORDER BY starts_at, appointment_id
"""


async def read_progress(connection: Connection, handovers: Iterable[UUID]) -> dict[UUID, Progress]:
    """By handover; two statements, and none where no handover is about a referral."""
    wanted = list(handovers)
    if not wanted:
        return {}
    seen: dict[UUID, list[Appointment]] = defaultdict(list)
    for row in await connection.fetch(_APPOINTMENTS, wanted):
        kept = dict(row)
        seen[kept.pop("handover_id")].append(Appointment(**kept))
    return {
        (of := row["handover_id"]): Progress(
            state=row["state"],
            team=row["team"],
            service_request=row["service_request"],
            clock_stopped_at=row["clock_stopped_at"],
            appointments=tuple(seen[of]),
        )
        for row in await connection.fetch(_PROGRESS, wanted)
    }
