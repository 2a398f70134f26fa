"""Tasks as other systems read them: each search walks the one index that fits what it asks for."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.domain.handover import FINAL
from services.referral.outbound.fhir_records.subjects import read_id, read_subject
from services.referral.outbound.rows import PRIORITIES
from services.referral.usecases.record_views import EARLIEST, LATEST, Sought, TaskRecord

# Asked row by row and never with EXISTS, for which everything that a team ever saw would be gathered first.
_FITS = """
    t.updated_at >= $2 AND t.updated_at < $3 AND (t.updated_at, t.task_id) {beyond} ($4, $5)
    AND ($1::text[] IS NULL OR (
        SELECT true FROM parties p WHERE p.team = ANY($1) AND p.handover_id = t.handover_id LIMIT 1))
    AND ($7::text[] IS NULL OR t.status = ANY($7)) AND ($8::text[] IS NULL OR t.code = ANY($8))
    AND ($9::text[] IS NULL OR t.owner_team = ANY($9)) AND ($10::uuid IS NULL OR t.handover_id = $10)
    AND ($11::uuid[] IS NULL OR t.task_id = ANY($11))
    AND ($12::text IS NULL OR (
        SELECT true FROM handovers h WHERE h.handover_id = t.handover_id AND h.patient_key = $12)){still_open}
"""
_PAGE = "SELECT t.updated_at, t.task_id FROM tasks t WHERE {narrow}{fits} ORDER BY {order} LIMIT $6"
_EACH_TEAM = "SELECT t.* FROM unnest($9::text[]) AS mine (team) CROSS JOIN LATERAL ({page}) AS t"
_SOURCES = {
    "all": _PAGE.replace("{narrow}", ""),
    "ids": _PAGE.replace("{narrow}", "t.task_id = ANY($11) AND "),
    "handover": _PAGE.replace("{narrow}", "t.handover_id = $10 AND "),
    "patient": _PAGE.replace(
        "{narrow}",
        "t.handover_id IN (SELECT handover_id FROM handovers WHERE patient_key = $12) AND ",
    ),
    "owner": _EACH_TEAM.replace("{page}", _PAGE).replace(
        "{narrow}", "t.owner_team = mine.team AND "
    ),
}
# Only the page itself is joined with what it shows, row by row.
_SEARCH = """
WITH page AS (SELECT * FROM ({source}) AS t ORDER BY {order} LIMIT $6)
SELECT shown.* FROM page AS t
CROSS JOIN LATERAL (SELECT * FROM task_records s WHERE s.task_id = t.task_id OFFSET 0) AS shown
ORDER BY {order}
"""
_ONE = """
SELECT * FROM task_records s
WHERE task_id = $1
  AND ($2::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($2) AND p.handover_id = s.handover_id))
"""
# A plan that is kept for all searches does not know which of them are asked for, and gathers what it should walk.
_PLAN_ANEW = "SET LOCAL plan_cache_mode = force_custom_plan"
_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)


def _statement(source: str, *, newest_first: bool, still_open: bool) -> str:
    direction, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
    order = f"t.updated_at {direction}, t.task_id {direction}"
    fits = _FITS.format(
        beyond=beyond, still_open="\n    AND t.closed_at IS NULL" if still_open else ""
    )
    return _SEARCH.format(source=_SOURCES[source].format(fits=fits, order=order), order=order)


_STATEMENTS = {
    (source, newest_first, still_open): _statement(
        source, newest_first=newest_first, still_open=still_open
    )
    for source in _SOURCES
    for newest_first in (True, False)
    for still_open in (True, False)
}


class TaskRecords:
    """Implements `usecases.record_views.Records` for tasks."""

    async def one(
        self, connection: Connection, record_id: str, teams: Sequence[str] | None
    ) -> TaskRecord | None:
        task_id = read_id(record_id)
        row = task_id and await connection.fetchrow(_ONE, task_id, teams)
        return _read(row) if row else None

    async def search(self, connection: Connection, sought: Sought) -> list[TaskRecord]:
        still_open = bool(sought.statuses) and not FINAL.intersection(sought.statuses)
        start = (LATEST, _LAST) if sought.newest_first else (EARLIEST, _FIRST)
        statement = _STATEMENTS[_narrowest(sought), sought.newest_first, still_open]
        async with connection.transaction(readonly=True):
            await connection.execute(_PLAN_ANEW)
            rows = await connection.fetch(
                statement,
                _whose(sought),
                sought.since,
                sought.until,
                *(sought.after or start),
                sought.limit,
                list(sought.statuses) or None,
                list(sought.codes) or None,
                list(sought.owners) or None,
                sought.handover,
                list(sought.ids) or None,
                sought.patient_key,
            )
        return [_read(row) for row in rows]


def _whose(sought: Sought) -> Sequence[str] | None:
    """The teams that must be party to what is found; None where its owner is the reader, who always is."""
    if sought.teams is not None and sought.owners and set(sought.owners) <= set(sought.teams):
        return None
    return sought.teams


def _narrowest(sought: Sought) -> str:
    """The source with the fewest rows."""
    given = {
        "ids": bool(sought.ids),
        "handover": sought.handover is not None,
        "patient": sought.patient_key is not None,
        "owner": bool(sought.owners),
    }
    return next((source for source, asked in given.items() if asked), "all")


def _read(row: asyncpg.Record) -> TaskRecord:
    return TaskRecord(
        task_id=row["task_id"],
        version=row["version"],
        updated_at=row["updated_at"],
        handover_id=row["handover_id"],
        code=row["code"],
        title=row["title"],
        rule_id=row["rule_id"],
        rule_version=row["rule_version"],
        status=row["status"],
        status_reason=row["status_reason"],
        priority=PRIORITIES[row["priority"]],
        owner_team=row["owner_team"],
        owner_person=row["owner_person"],
        requester_team=row["requester_team"],
        authored_at=row["authored_at"],
        due_at=row["due_at"],
        not_before=row["not_before"],
        closed_at=row["closed_at"],
        escalated_at=row["escalated_at"],
        follows=row["follows"],
        spell_id=row["spell_id"],
        service_request=row["service_request"],
        about=read_subject(row),
    )
