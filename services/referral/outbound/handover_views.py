"""Handovers as they are shown: in lists, and one with everything in it."""

from typing import Any
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound import offer_views, task_views
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

_LIST = """
SELECT * FROM shown_handovers
WHERE ($1::text[] IS NULL OR handover_id IN (SELECT handover_id FROM parties WHERE team = ANY($1)))
  AND ($2::timestamptz IS NULL OR (opened_at, handover_id) < ($2, $3::uuid))
  AND ($5::text IS NULL OR handover_id IN (SELECT handover_id FROM parties WHERE team = $5))
  AND ($6::text IS NULL OR state = $6)
  AND ($7::text IS NULL OR patient_key = $7)
  AND ($8::timestamptz IS NULL OR next_due_at < $8)
ORDER BY opened_at DESC, handover_id DESC LIMIT $4
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

    async def worklist_offers(self, connection: Connection, filters: Filters) -> list[OfferView]:
        return await offer_views.waiting(connection, filters)

    async def worklist_tasks(self, connection: Connection, filters: Filters) -> list[TaskView]:
        return await task_views.worklist(connection, filters)

    async def waiting_for_others(self, connection: Connection, filters: Filters) -> list[OfferView]:
        return await offer_views.waiting_for_others(connection, filters)

    async def offers(self, connection: Connection, filters: Filters) -> list[OfferView]:
        return await offer_views.listed(connection, filters)

    async def tasks(self, connection: Connection, filters: Filters) -> list[TaskView]:
        return await task_views.listed(connection, filters)

    async def task(
        self, connection: Connection, task_id: UUID, teams: frozenset[str] | None
    ) -> TaskView | None:
        return await task_views.one(connection, task_id, teams)

    async def offer(
        self, connection: Connection, offer_id: UUID, teams: frozenset[str] | None
    ) -> OfferView | None:
        return await offer_views.one(connection, offer_id, teams)

    async def handovers(self, connection: Connection, filters: Filters) -> list[HandoverView]:
        at, after = filters.after or (None, None)
        rows = await connection.fetch(
            _LIST,
            None if filters.teams is None else sorted(filters.teams),
            at,
            after,
            filters.limit,
            filters.team,
            filters.state,
            filters.patient_key,
            filters.due_before,
        )
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
        )


def _columns(row: asyncpg.Record) -> dict[str, Any]:
    return {column: row[column] for column in _COLUMNS} | {"person": read_person(row)}
