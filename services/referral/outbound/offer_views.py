"""Offers as they are shown, with what they ask: each list is one statement."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound.person_views import read_person
from services.referral.outbound.rows import PRIORITIES
from services.referral.usecases.views import Filters, OfferView

# Only the page itself is joined with what it shows, row by row.
# The tasks of an unanswered offer belong to whoever made it; who sent the patient sees where it was passed on to.
_FOR_OTHERS = """
WITH page AS (
    SELECT due_at, offer_id
    FROM (SELECT offer_id, min(due_at) AS due_at FROM tasks
          WHERE owner_team = ANY($1::text[]) AND closed_at IS NULL AND status = 'requested'
          GROUP BY offer_id
          UNION
          SELECT o.offer_id, (SELECT min(due_at) FROM tasks t WHERE t.handover_id = o.handover_id AND t.offer_id = o.offer_id)
          FROM offers o
          WHERE o.state = 'offered' AND o.redirect_count > 0
            AND EXISTS (SELECT FROM handovers h
                        WHERE h.handover_id = o.handover_id AND (h.sender_team = ANY($1) OR h.owner_team = ANY($1)))) AS asked
    WHERE $2::timestamptz IS NULL OR (due_at, offer_id) > ($2, $3::uuid)
    ORDER BY due_at, offer_id LIMIT $4
)
SELECT shown.* FROM page
CROSS JOIN LATERAL (SELECT * FROM shown_offers s WHERE s.offer_id = page.offer_id OFFSET 0) AS shown
ORDER BY shown.due_at, shown.offer_id
"""
_LIST = """
WITH page AS (
    SELECT o.due_at, o.offer_id FROM offers o JOIN handovers h USING (handover_id)
    WHERE ($1::text[] IS NULL OR EXISTS (
            SELECT FROM parties p
            WHERE p.team = ANY($1) AND p.handover_id = o.handover_id
              AND p.team IN (o.team, h.sender_team, h.owner_team)))
      AND ($2::timestamptz IS NULL OR (o.due_at, o.offer_id) > ($2, $3::uuid))
      AND ($5::text IS NULL OR o.team = $5)
      AND ($6::text IS NULL OR o.state = $6)
      AND ($7::timestamptz IS NULL OR o.due_at < $7)
    ORDER BY o.due_at, o.offer_id LIMIT $4
)
SELECT shown.* FROM page
CROSS JOIN LATERAL (SELECT * FROM shown_offers s WHERE s.offer_id = page.offer_id OFFSET 0) AS shown
ORDER BY due_at, offer_id
"""
_OF_PATIENT = """
WITH page AS (
    SELECT o.due_at, o.offer_id FROM offers o JOIN handovers h USING (handover_id)
    WHERE h.patient_key = $8
      AND ($1::text[] IS NULL OR EXISTS (
            SELECT FROM parties p
            WHERE p.team = ANY($1) AND p.handover_id = o.handover_id
              AND p.team IN (o.team, h.sender_team, h.owner_team)))
      AND ($2::timestamptz IS NULL OR (o.due_at, o.offer_id) > ($2, $3::uuid))
      AND ($5::text IS NULL OR o.team = $5)
      AND ($6::text IS NULL OR o.state = $6)
      AND ($7::timestamptz IS NULL OR o.due_at < $7)
    ORDER BY o.due_at, o.offer_id LIMIT $4
)
SELECT shown.* FROM page
CROSS JOIN LATERAL (SELECT * FROM shown_offers s WHERE s.offer_id = page.offer_id OFFSET 0) AS shown
ORDER BY due_at, offer_id
"""
_ONE = """
SELECT * FROM shown_offers s
WHERE offer_id = $1
  AND ($2::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($2) AND p.handover_id = s.handover_id))
"""
_BY_IDS = """
SELECT shown.* FROM unnest($1::uuid[]) AS asked (offer_id)
CROSS JOIN LATERAL (SELECT * FROM shown_offers s WHERE s.offer_id = asked.offer_id OFFSET 0) AS shown
"""
_OF_HANDOVER = "SELECT * FROM shown_offers WHERE handover_id = $1 ORDER BY due_at, offer_id"


async def by_ids(connection: Connection, offer_ids: Sequence[UUID]) -> dict[UUID, OfferView]:
    """These offers, each looked up by itself."""
    return {offer.offer_id: offer for offer in _read(await connection.fetch(_BY_IDS, offer_ids))}


async def waiting_for_others(
    connection: Connection, teams: Sequence[str], filters: Filters
) -> list[OfferView]:
    """Offers whose tasks these teams own until somebody else answers, and those passed on from theirs."""
    at, after = filters.after or (None, None)
    return _read(await connection.fetch(_FOR_OTHERS, teams, at, after, filters.limit))


async def listed(connection: Connection, filters: Filters) -> list[OfferView]:
    """Offers made to these teams or by them."""
    at, after = filters.after or (None, None)
    narrowed = (
        None if filters.teams is None else sorted(filters.teams),
        at,
        after,
        filters.limit,
        filters.team,
        filters.state,
        filters.due_before,
    )
    if filters.patient_key is None:
        return _read(await connection.fetch(_LIST, *narrowed))
    return _read(await connection.fetch(_OF_PATIENT, *narrowed, filters.patient_key))


async def one(
    connection: Connection, offer_id: UUID, teams: frozenset[str] | None
) -> OfferView | None:
    """An offer that these teams may see."""
    rows = _read(await connection.fetch(_ONE, offer_id, None if teams is None else sorted(teams)))
    return rows[0] if rows else None


async def of_handover(connection: Connection, handover_id: UUID) -> list[OfferView]:
    """Every offer of a handover, the earliest deadline first."""
    return _read(await connection.fetch(_OF_HANDOVER, handover_id))


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
            priority=PRIORITIES[row["priority"]],
            skills=row["skills"],
            from_team=row["from_team"],
            redirects=row["redirects"],
            redirect_count=row["redirect_count"],
            accept_by=row["accept_by"],
            unanswered=row["unanswered"],
            made_because=row["made_because"],
            coordinator_state=row["coordinator_state"],
            purpose=row["purpose"],
        )
        for row in rows
    ]
