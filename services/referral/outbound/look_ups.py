"""What the front desk and an out-of-hours team may read, and the log of who did."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.outbound import task_views
from services.referral.outbound.person_views import read_person
from services.referral.usecases.look_up import Desk, LookUpPage, Waiting
from services.referral.usecases.views import TaskView

_RECEPTION = """
SELECT t.due_at, t.skill, coalesce(o.team, t.owner_team) AS team, o.team IS NOT NULL AS asked,
       h.owner_team AS coordinator_team, h.coordinator_name, h.coordinator_phone,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted, p.identity_held
FROM handovers h
JOIN tasks t ON t.handover_id = h.handover_id AND t.closed_at IS NULL
LEFT JOIN offers o ON o.offer_id = t.offer_id AND o.state = 'offered' AND t.status = 'requested'
LEFT JOIN known_people p ON p.patient_key = h.patient_key
WHERE h.patient_key = $1
  AND ($2::text[] IS NULL OR EXISTS (
        SELECT FROM parties WHERE parties.team = ANY($2) AND parties.handover_id = h.handover_id))
ORDER BY t.due_at, t.task_id LIMIT 50
"""
_OUT_OF_HOURS = """
SELECT task_id FROM (
    SELECT task_id, (3 - priority) * 1e11::float8 + date_part('epoch', due_at) AS place
    FROM tasks
    WHERE owner_team = ANY($1::text[]) AND closed_at IS NULL AND (priority > 0 OR due_at <= clock_timestamp())
) AS pressing
WHERE $2::float8 IS NULL OR (place, task_id) > ($2, $3::uuid)
ORDER BY place, task_id LIMIT $4
"""
_WRITE = (
    "INSERT INTO look_ups (looked_by, teams, page, patient_key, shown) VALUES ($1, $2, $3, $4, $5)"
)


class LookUpTables:
    """Implements `usecases.look_up.LookUps`."""

    async def at_reception(
        self, connection: Connection, patient_key: str, teams: frozenset[str] | None
    ) -> Desk | None:
        rows = await connection.fetch(
            _RECEPTION, patient_key, None if teams is None else sorted(teams)
        )
        if not rows:
            return None
        named = next((row for row in rows if row["coordinator_name"]), rows[0])
        return Desk(
            read_person(rows[0]),
            [Waiting(row["team"], row["asked"], row["skill"], row["due_at"]) for row in rows],
            named["coordinator_team"],
            named["coordinator_name"],
            named["coordinator_phone"],
        )

    async def out_of_hours(
        self,
        connection: Connection,
        teams: Sequence[str],
        after: tuple[float, UUID] | None,
        limit: int,
    ) -> list[TaskView]:
        place, task_id = after or (None, None)
        rows = await connection.fetch(_OUT_OF_HOURS, teams, place, task_id, limit)
        tasks = await task_views.by_ids(connection, [row["task_id"] for row in rows])
        return [tasks[row["task_id"]] for row in rows if row["task_id"] in tasks]

    async def write_down(
        self,
        connection: Connection,
        by: str,
        teams: frozenset[str],
        page: LookUpPage,
        patient_key: str,
        shown: int,
    ) -> None:
        await connection.execute(_WRITE, by, sorted(teams), page, patient_key, shown)
