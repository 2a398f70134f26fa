"""Who must say that they know of a withdrawal, and who has."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.usecases.records import StopNotice

_EXPECT = """
INSERT INTO stop_notices (notice_id, handover_id, team, withdrawn_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (handover_id, team) DO NOTHING
"""
_ACKNOWLEDGE = """
UPDATE stop_notices n SET acknowledged_at = seen.at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS seen (handover_id, team, at)
WHERE n.handover_id = seen.handover_id AND n.team = seen.team AND n.acknowledged_at IS NULL AND n.withdrawn_at <= seen.at
RETURNING notice_id
"""
# A team that no message reached and that accepted nothing does not know of the handover, and need not stop.
_UNANSWERED = """
SELECT notice_id, handover_id, team, withdrawn_at FROM stop_notices n
WHERE notice_id = ANY($1::uuid[]) AND acknowledged_at IS NULL
  AND EXISTS (SELECT FROM history h
              WHERE h.handover_id = n.handover_id AND h.team = n.team AND h.what IN ('alert.sent', 'offer.accepted'))
ORDER BY notice_id
"""


class StopNotices:
    """The part of `usecases.ports.Handovers` that waits for teams to stop."""

    async def expect_answers(self, connection: Connection, notices: Sequence[StopNotice]) -> None:
        await connection.executemany(
            _EXPECT,
            [(one.notice_id, one.handover_id, one.team, one.withdrawn_at) for one in notices],
        )

    async def acknowledge(
        self, connection: Connection, seen: Sequence[tuple[UUID, str, datetime]]
    ) -> list[UUID]:
        rows = await connection.fetch(
            _ACKNOWLEDGE,
            [handover_id for handover_id, _, _ in seen],
            [team for _, team, _ in seen],
            [at for _, _, at in seen],
        )
        return [row["notice_id"] for row in rows]

    async def unanswered(self, connection: Connection, notices: Iterable[UUID]) -> list[StopNotice]:
        rows = await connection.fetch(_UNANSWERED, list(notices))
        return [
            StopNotice(row["notice_id"], row["handover_id"], row["team"], row["withdrawn_at"])
            for row in rows
        ]
