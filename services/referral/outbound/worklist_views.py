"""The worklist from its tables: one statement over the index of what is open, and two for what a page shows."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound import offer_views, task_views
from services.referral.outbound.person_views import read_person
from services.referral.usecases.views import OfferView, TaskView
from services.referral.usecases.worklist import (
    SHOWS,
    Heading,
    ListAsked,
    ListPage,
    NobodyNamed,
)

# `place` orders: more pressing before less, then by deadline. Everything open of the teams is counted; only the
# handovers at the top are looked up, and only of their patients whether a more pressing item stands elsewhere.
PAGE = """
WITH found AS (
    SELECT handover_id, task_id AS id, 0 AS kind, (3 - priority) * 1e11::float8 + date_part('epoch', due_at) AS place,
           due_at, owner_person, (snoozed_until > $5::timestamptz AND due_at > $5) IS TRUE AS snoozed,
           $3::text[] IS NULL OR skill = '' OR skill = ANY($3) OR owner_person = $2 AS fits
    FROM tasks WHERE owner_team = ANY($1::text[]) AND closed_at IS NULL AND status <> 'requested'
    UNION ALL
    SELECT handover_id, offer_id, 1, (3 - priority) * 1e11::float8 + date_part('epoch', due_at), due_at, '', false,
           $3 IS NULL OR skills = '{}' OR '' = ANY(skills) OR skills && $3
    FROM offers WHERE team = ANY($1) AND state = 'offered'
    UNION ALL
    SELECT handover_id, task_id, 2, (3 - priority) * 1e11::float8 + date_part('epoch', due_at), due_at, owner_person, false,
           $3 IS NULL OR skill = '' OR skill = ANY($3)
    FROM tasks WHERE told_teams && $1 AND escalated_at IS NOT NULL AND closed_at IS NULL AND owner_team <> ALL($1)
),
items AS MATERIALIZED (
    SELECT *, fits AND CASE $4::text
        WHEN 'all' THEN NOT snoozed
        WHEN 'mine' THEN kind = 0 AND owner_person = $2 AND NOT snoozed
        WHEN 'unclaimed' THEN kind = 0 AND owner_person = '' AND NOT snoozed
        WHEN 'unanswered' THEN kind = 1
        WHEN 'overdue' THEN due_at <= $5::timestamptz
        WHEN 'today' THEN due_at > $5 AND due_at < $6::timestamptz AND NOT snoozed
        ELSE snoozed END AS shown
    FROM found
),
counts AS (
    SELECT count(*) FILTER (WHERE fits AND NOT snoozed) AS "all",
           count(*) FILTER (WHERE fits AND kind = 0 AND owner_person = $2 AND NOT snoozed) AS mine,
           count(*) FILTER (WHERE fits AND kind = 0 AND owner_person = '' AND NOT snoozed) AS unclaimed,
           count(*) FILTER (WHERE fits AND kind = 1) AS unanswered,
           count(*) FILTER (WHERE fits AND due_at <= $5) AS overdue,
           count(*) FILTER (WHERE fits AND due_at > $5 AND due_at < $6 AND NOT snoozed) AS today,
           count(*) FILTER (WHERE fits AND snoozed) AS snoozed,
           count(*) FILTER (WHERE NOT fits AND NOT snoozed) AS other_skills
    FROM items
),
heads AS MATERIALIZED (
    SELECT handover_id, min(place) AS place FROM items WHERE shown GROUP BY handover_id
),
candidates AS MATERIALIZED (
    SELECT top.place, top.handover_id, h.patient_key
    FROM (SELECT place, handover_id FROM heads
          WHERE $7::float8 IS NULL OR (place, handover_id) > ($7, $8::uuid)
          ORDER BY place, handover_id LIMIT 4 * $9::int) AS top
    CROSS JOIN LATERAL (SELECT patient_key FROM handovers h WHERE h.handover_id = top.handover_id OFFSET 0) AS h
),
theirs AS MATERIALIZED (
    SELECT asked.patient_key, h.handover_id
    FROM (SELECT DISTINCT patient_key FROM candidates) AS asked
    CROSS JOIN LATERAL (SELECT handover_id FROM handovers h WHERE h.patient_key = asked.patient_key OFFSET 0) AS h
),
family AS MATERIALIZED (
    SELECT theirs.patient_key, heads.place, heads.handover_id FROM theirs JOIN heads USING (handover_id)
),
patients AS (
    SELECT first.* FROM (
        SELECT DISTINCT ON (patient_key) patient_key, place, handover_id FROM family
        ORDER BY patient_key, place, handover_id
    ) AS first
    WHERE handover_id IN (SELECT handover_id FROM candidates)
    ORDER BY place, handover_id LIMIT $9 + 1
),
lines AS (
    SELECT p.patient_key, p.place AS head, p.handover_id AS first_of, i.kind, i.id, i.place,
           row_number() OVER (PARTITION BY p.patient_key ORDER BY i.place, i.id) AS line,
           count(*) OVER (PARTITION BY p.patient_key) AS of_patient
    FROM patients p JOIN family f USING (patient_key) JOIN items i ON i.handover_id = f.handover_id AND i.shown
)
SELECT counts.*, lines.*, tail.place AS tail_place, tail.handover_id AS tail_handover, tail.many
FROM counts
LEFT JOIN (SELECT place, handover_id, count(*) OVER () AS many FROM candidates ORDER BY place DESC, handover_id DESC LIMIT 1) AS tail ON true
LEFT JOIN lines ON line <= $10
ORDER BY head, first_of, lines.place, id
"""
_NOBODY_NAMED = """
SELECT h.handover_id, h.opened_at, p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased,
       p.restricted, p.identity_held
FROM (SELECT handover_id, opened_at, patient_key FROM handovers
      WHERE owner_team = ANY($1::text[]) AND state = 'open' AND coordinator_state = 'missing'
      ORDER BY opened_at LIMIT 10) AS h
LEFT JOIN known_people p USING (patient_key)
ORDER BY h.opened_at
"""


class WorklistTables:
    """Implements `usecases.worklist.Worklists`."""

    def __init__(self, everybody: Iterable[str]) -> None:
        self._everybody = sorted(everybody)

    async def page(self, connection: Connection, asked: ListAsked) -> ListPage:
        place, handover = asked.after or (None, None)
        now = await connection.fetchval("SELECT clock_timestamp()")
        rows = await connection.fetch(
            PAGE,
            self._of(asked.teams),
            asked.me,
            None if asked.skills is None else sorted(asked.skills),
            asked.show,
            now,
            asked.today_ends,
            place,
            handover,
            asked.patients,
            asked.items,
        )
        lines = [row for row in rows if row["id"] is not None]
        firsts = list(dict.fromkeys((row["head"], row["first_of"]) for row in lines))
        shown = set(firsts[: asked.patients])
        wanted = [row for row in lines if (row["head"], row["first_of"]) in shown]
        offers = await offer_views.by_ids(connection, [r["id"] for r in wanted if r["kind"] == 1])
        tasks = await task_views.by_ids(connection, [r["id"] for r in wanted if r["kind"] != 1])
        return ListPage(
            _headings(wanted, {**offers, **tasks}, asked.items),
            {show: rows[0][show] for show in SHOWS},
            rows[0]["other_skills"],
            _next(firsts, rows[0], asked.patients),
        )

    async def without_coordinator(
        self, connection: Connection, teams: frozenset[str] | None
    ) -> list[NobodyNamed]:
        rows = await connection.fetch(_NOBODY_NAMED, self._of(teams))
        return [NobodyNamed(row["handover_id"], read_person(row), row["opened_at"]) for row in rows]

    def _of(self, teams: frozenset[str] | None) -> list[str]:
        return self._everybody if teams is None else sorted(teams)


def _headings(
    lines: Sequence[asyncpg.Record], views: dict[UUID, OfferView | TaskView], most: int
) -> list[Heading]:
    headings: dict[str, list[OfferView | TaskView]] = {}
    counted: dict[str, int] = {}
    for line in lines:
        # What was closed between the two looks is left out.
        if line["id"] in views:
            headings.setdefault(line["patient_key"], []).append(views[line["id"]])
            counted[line["patient_key"]] = line["of_patient"]
    return [
        Heading(items[0].person, items, max(counted[key] - most, 0))
        for key, items in headings.items()
    ]


def _next(
    firsts: Sequence[tuple[float, UUID]], row: asyncpg.Record, patients: int
) -> tuple[float, UUID] | None:
    if len(firsts) > patients:
        return firsts[patients - 1]
    full = row["many"] is not None and row["many"] >= 4 * patients
    return (row["tail_place"], row["tail_handover"]) if full else None
