"""Handovers as they are shown: in lists, and one with everything in it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound import documents, offer_views, task_views
from services.referral.outbound.person_views import read_person
from services.referral.usecases.views import (
    EntryView,
    Filters,
    HandoverView,
    OfferView,
    OwnerView,
    TaskView,
    WholeView,
)

# Ids follow the order of opening. Only the page itself is joined with what it shows.
_LIST = """
WITH page AS (
    SELECT handover_id FROM handovers h
    WHERE ($1::text[] IS NULL OR handover_id IN (SELECT handover_id FROM parties WHERE team = ANY($1)))
      AND ($2::uuid IS NULL OR handover_id < $2)
      AND ($4::text IS NULL OR handover_id IN (SELECT handover_id FROM parties WHERE team = $4))
      AND ($5::text IS NULL OR state = $5)
      AND ($6::timestamptz IS NULL OR EXISTS (
            SELECT FROM tasks t WHERE t.handover_id = h.handover_id AND t.closed_at IS NULL AND t.due_at < $6))
    ORDER BY handover_id DESC LIMIT $3
)
SELECT shown.* FROM page
CROSS JOIN LATERAL (SELECT * FROM shown_handovers s WHERE s.handover_id = page.handover_id OFFSET 0) AS shown
ORDER BY handover_id DESC
"""
_OF_PATIENT = """
WITH page AS (
    SELECT handover_id FROM handovers h
    WHERE patient_key = $7
      AND ($1::text[] IS NULL OR EXISTS (
            SELECT FROM parties p WHERE p.team = ANY($1) AND p.handover_id = h.handover_id))
      AND ($2::uuid IS NULL OR handover_id < $2)
      AND ($4::text IS NULL OR EXISTS (
            SELECT FROM parties p WHERE p.team = $4 AND p.handover_id = h.handover_id))
      AND ($5::text IS NULL OR state = $5)
      AND ($6::timestamptz IS NULL OR EXISTS (
            SELECT FROM tasks t WHERE t.handover_id = h.handover_id AND t.closed_at IS NULL AND t.due_at < $6))
    ORDER BY handover_id DESC LIMIT $3
)
SELECT shown.* FROM page
CROSS JOIN LATERAL (SELECT * FROM shown_handovers s WHERE s.handover_id = page.handover_id OFFSET 0) AS shown
ORDER BY handover_id DESC
"""
_ONE = """
SELECT * FROM shown_handovers s
WHERE handover_id = $1
  AND ($2::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($2) AND p.handover_id = s.handover_id))
"""
_COLUMNS = (
    "handover_id",
    "spell_id",
    "sender",
    "sender_team",
    "coordinator_team",
    "clock_started_at",
    "opened_at",
    "state",
    "closed_at",
    "closed_by",
    "closed_because",
    "test_patient",
    "open_tasks",
    "next_due_at",
    "purpose",
    "replaces",
    "replaced_by",
    "coordinator_state",
    "coordinator_at",
    "coordinator_name",
    "coordinator_phone",
)
_OWNERS = """
SELECT subject, since, team, moved_by FROM ownership
WHERE subject = $1 OR subject IN (SELECT task_id FROM tasks WHERE handover_id = $1)
ORDER BY since, subject
"""
_HISTORY = """
SELECT at, what, subject, team, by_whom, detail FROM history
WHERE handover_id = $1 ORDER BY at DESC, entry_id DESC LIMIT 200
"""


class ViewTables:
    """Implements `usecases.ports.Views`."""

    def __init__(self, everybody: Iterable[str]) -> None:
        self._everybody = sorted(everybody)

    def _teams(self, filters: Filters) -> list[str]:
        return self._everybody if filters.teams is None else sorted(filters.teams)

    async def waiting_for_others(self, connection: Connection, filters: Filters) -> list[OfferView]:
        return await offer_views.waiting_for_others(connection, self._teams(filters), filters)

    async def tasks(self, connection: Connection, filters: Filters) -> list[TaskView]:
        teams = [team for team in self._teams(filters) if filters.team in (None, team)]
        return await task_views.listed(connection, teams, filters)

    async def offers(self, connection: Connection, filters: Filters) -> list[OfferView]:
        return await offer_views.listed(connection, filters)

    async def task(
        self, connection: Connection, task_id: UUID, teams: frozenset[str] | None
    ) -> TaskView | None:
        return await task_views.one(connection, task_id, teams)

    async def offer(
        self, connection: Connection, offer_id: UUID, teams: frozenset[str] | None
    ) -> OfferView | None:
        return await offer_views.one(connection, offer_id, teams)

    async def handovers(self, connection: Connection, filters: Filters) -> list[HandoverView]:
        _, after = filters.after or (None, None)
        narrowed = (
            None if filters.teams is None else sorted(filters.teams),
            after,
            filters.limit,
            filters.team,
            filters.state,
            filters.due_before,
        )
        if filters.patient_key is None:
            rows = await connection.fetch(_LIST, *narrowed)
        else:
            rows = await connection.fetch(_OF_PATIENT, *narrowed, filters.patient_key)
        return [HandoverView(**_columns(row)) for row in rows]

    async def whole(
        self, connection: Connection, handover_id: UUID, teams: frozenset[str] | None
    ) -> WholeView | None:
        row = await connection.fetchrow(_ONE, handover_id, None if teams is None else sorted(teams))
        if row is None:
            return None
        owners = await connection.fetch(_OWNERS, handover_id)
        history = await connection.fetch(_HISTORY, handover_id)
        return WholeView(
            **_columns(row),
            offers=await offer_views.of_handover(connection, handover_id),
            tasks=await task_views.of_handover(connection, handover_id),
            owners=[OwnerView(**dict(owner)) for owner in owners],
            history=[EntryView(**dict(entry)) for entry in history],
            documents=await documents.of_handover(connection, handover_id),
        )


def _columns(row: asyncpg.Record) -> dict[str, Any]:
    return {column: row[column] for column in _COLUMNS} | {"person": read_person(row)}
