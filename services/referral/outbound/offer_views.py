"""Offers as they are shown, with what they ask: each list is one statement."""

from collections.abc import Iterable
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound.person_views import read_person
from services.referral.usecases.views import Filters, OfferView

_WAITING = """
SELECT * FROM shown_offers
WHERE state = 'offered' AND ($1::text[] IS NULL OR team = ANY($1))
ORDER BY due_at, offer_id LIMIT $2
"""
_FOR_OTHERS = """
SELECT * FROM shown_offers
WHERE state = 'offered' AND offer_id IN (
    SELECT offer_id FROM tasks
    WHERE ($1::text[] IS NULL OR owner_team = ANY($1)) AND closed_at IS NULL AND status = 'requested')
  AND ($2::timestamptz IS NULL OR (due_at, offer_id) > ($2, $3::uuid))
ORDER BY due_at, offer_id LIMIT $4
"""
_LIST = """
SELECT * FROM shown_offers s
WHERE ($1::text[] IS NULL OR EXISTS (
        SELECT FROM parties p
        WHERE p.team = ANY($1) AND p.handover_id = s.handover_id
          AND p.team IN (s.team, s.sender_team, s.coordinator_team)))
  AND ($2::timestamptz IS NULL OR (due_at, offer_id) > ($2, $3::uuid))
  AND ($5::text IS NULL OR team = $5)
  AND ($6::text IS NULL OR state = $6)
  AND ($7::text IS NULL OR patient_key = $7)
  AND ($8::timestamptz IS NULL OR due_at < $8)
ORDER BY due_at, offer_id LIMIT $4
"""
_ONE = """
SELECT * FROM shown_offers s
WHERE offer_id = $1
  AND ($2::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($2) AND p.handover_id = s.handover_id))
"""
_OF_HANDOVER = "SELECT * FROM shown_offers WHERE handover_id = $1 ORDER BY due_at, offer_id"


async def waiting(connection: Connection, filters: Filters) -> list[OfferView]:
    """Offers that these teams must answer."""
    return _read(await connection.fetch(_WAITING, _teams(filters), filters.limit))


async def waiting_for_others(connection: Connection, filters: Filters) -> list[OfferView]:
    """Offers whose tasks these teams own until somebody else answers."""
    at, after = filters.after or (None, None)
    return _read(await connection.fetch(_FOR_OTHERS, _teams(filters), at, after, filters.limit))


async def listed(connection: Connection, filters: Filters) -> list[OfferView]:
    """Offers made to these teams or by them."""
    at, after = filters.after or (None, None)
    rows = await connection.fetch(
        _LIST,
        _teams(filters),
        at,
        after,
        filters.limit,
        filters.team,
        filters.state,
        filters.patient_key,
        filters.due_before,
    )
    return _read(rows)


async def one(
    connection: Connection, offer_id: UUID, teams: frozenset[str] | None
) -> OfferView | None:
    """An offer that these teams may see."""
    rows = _read(await connection.fetch(_ONE, offer_id, None if teams is None else sorted(teams)))
    return rows[0] if rows else None


async def of_handover(connection: Connection, handover_id: UUID) -> list[OfferView]:
    """Every offer of a handover, the earliest deadline first."""
    return _read(await connection.fetch(_OF_HANDOVER, handover_id))


def _teams(filters: Filters) -> list[str] | None:
    return None if filters.teams is None else sorted(filters.teams)


def _read(rows: Iterable[asyncpg.Record]) -> list[OfferView]:
    return [
        OfferView(
            offer_id=row["offer_id"],
            handover_id=row["handover_id"],
            team=row["team"],
            role=row["role"],
            instead_of=row["instead_of"],
            state=row["state"],
            due_at=row["due_at"],
            answered_at=row["answered_at"],
            answered_by=row["answered_by"],
            answered_because=row["answered_because"],
            sender_team=row["sender_team"],
            coordinator_team=row["coordinator_team"],
            clock_started_at=row["clock_started_at"],
            opened_at=row["opened_at"],
            titles=row["titles"],
            person=read_person(row),
        )
        for row in rows
    ]
