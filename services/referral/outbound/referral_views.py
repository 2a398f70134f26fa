"""Referrals as they are shown: in lists, and one with everything in it."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.domain.waiting import on_the_clock, waited
from services.referral.outbound.person_views import read_person
from services.referral.usecases.referral_views import (
    AppointmentView,
    AttachmentView,
    ReferralView,
    RequestView,
    SectionView,
    WaitView,
    WholeReferralView,
)
from services.referral.usecases.views import Filters

_SHOWN = """
SELECT r.referral_id, r.handover_id, r.kind, r.priority, r.specialty, r.referrer, h.sender_team, r.team, r.state,
       r.state_since, r.state_because, r.received_at, r.clock_started_at, r.clock_stopped_at, r.requisition,
       r.service_request, clock_timestamp() AS now, seen.next_appointment_at,
       made.offer_id AS offer, made.state AS offer_state, made.accept_by,
       CASE WHEN made.state = 'offered' THEN coalesce(nullif(made.from_team, ''), h.sender_team)
            ELSE r.team END AS accountable_team,
       p.family, p.given, p.birth_date, p.nhs_number, p.nhs_number_verified, p.deceased, p.restricted, p.identity_held
FROM referrals r
JOIN handovers h USING (handover_id)
LEFT JOIN known_people p ON p.patient_key = r.patient_key
LEFT JOIN LATERAL (
    SELECT min(a.starts_at) AS next_appointment_at FROM appointments a
    WHERE a.referral_id = r.referral_id AND a.status IN ('booked', 'moved')
) AS seen ON true
LEFT JOIN LATERAL (
    SELECT o.offer_id, o.from_team, o.accept_by, o.state FROM offers o
    WHERE o.handover_id = r.handover_id AND o.team = r.team AND o.state IN ('offered', 'accepted')
    ORDER BY o.state DESC, o.offer_id DESC LIMIT 1
) AS made ON true
"""
_SEEN_BY = """
($1::text[] IS NULL OR EXISTS (SELECT FROM parties p WHERE p.team = ANY($1) AND p.handover_id = r.handover_id))
"""
_LIST = f"""
{_SHOWN}
WHERE {_SEEN_BY}
  AND ($2::uuid IS NULL OR r.referral_id < $2)
  AND ($4::text IS NULL OR r.team = $4 OR h.sender_team = $4)
  AND ($5::text IS NULL OR r.state = $5)
  AND ($6::text IS NULL OR r.patient_key = $6)
ORDER BY r.referral_id DESC LIMIT $3
"""
_ONE = f"{_SHOWN} WHERE {_SEEN_BY} AND r.referral_id = $2"
_APPOINTMENT = """
SELECT a.appointment_id, a.referral_id, a.team, a.starts_at, a.previous_starts_at, a.status, a.changed_at
FROM appointments a
"""
_APPOINTMENTS = (
    f"{_APPOINTMENT} WHERE a.referral_id = $1 ORDER BY a.starts_at DESC, a.appointment_id DESC"
)
_OTHERS = f"""
{_APPOINTMENT} JOIN referrals r USING (referral_id) JOIN referrals this ON this.referral_id = $2
WHERE r.patient_key = this.patient_key AND r.referral_id <> $2 AND a.status IN ('booked', 'moved')
  AND a.starts_at > clock_timestamp() AND {_SEEN_BY}
ORDER BY a.starts_at LIMIT 20
"""
_REQUESTS = """
SELECT service_request, team, replaces, status, status_because, made_at, ended_at
FROM service_requests WHERE referral_id = $1 ORDER BY made_at, service_request
"""
_LETTER = """
SELECT letter_id, written_at, sections FROM letters WHERE referral_id = $1 ORDER BY letter_id DESC LIMIT 1
"""
_ATTACHMENTS = """
SELECT attachment_id, title, content_type, length(content) AS size, encode(sha256, 'hex') AS sha256
FROM attachments WHERE letter_id = $1 ORDER BY attachment_id
"""
_CONTENT = f"""
SELECT a.content_type, a.content
FROM attachments a JOIN letters USING (letter_id) JOIN referrals r USING (referral_id)
WHERE a.attachment_id = $2 AND referral_id = $3 AND {_SEEN_BY}
"""  # noqa: S608  (all of it is written here)


class ReferralViewTables:
    """Implements `usecases.referral_views.ReferralViews`."""

    def __init__(self, limit_weeks: int) -> None:
        self._limit = limit_weeks

    async def referrals(self, connection: Connection, filters: Filters) -> list[ReferralView]:
        rows = await connection.fetch(
            _LIST,
            _teams(filters.teams),
            filters.after[1] if filters.after else None,
            filters.limit,
            filters.team,
            filters.state,
            filters.patient_key,
        )
        return [ReferralView(**self._shown(row)) for row in rows]

    async def referral(
        self, connection: Connection, referral_id: UUID, teams: frozenset[str] | None
    ) -> WholeReferralView | None:
        row = await connection.fetchrow(_ONE, _teams(teams), referral_id)
        if row is None:
            return None
        letter = await connection.fetchrow(_LETTER, referral_id)
        attachments = await connection.fetch(_ATTACHMENTS, letter["letter_id"]) if letter else []
        return WholeReferralView(
            **self._shown(row),
            appointments=_all(AppointmentView, await connection.fetch(_APPOINTMENTS, referral_id)),
            other_appointments=_all(
                AppointmentView, await connection.fetch(_OTHERS, _teams(teams), referral_id)
            ),
            requests=_all(RequestView, await connection.fetch(_REQUESTS, referral_id)),
            accept_by=row["accept_by"],
            offer=row["offer"],
            offer_state=row["offer_state"] or "",
            letter_written_at=letter["written_at"] if letter else None,
            letter=[SectionView(**one) for one in letter["sections"]] if letter else [],
            attachments=_all(AttachmentView, attachments),
        )

    async def attachment(
        self,
        connection: Connection,
        referral_id: UUID,
        attachment_id: UUID,
        teams: frozenset[str] | None,
    ) -> tuple[str, bytes] | None:
        row = await connection.fetchrow(_CONTENT, _teams(teams), attachment_id, referral_id)
        return (row["content_type"], row["content"]) if row else None

    def _shown(self, row: asyncpg.Record) -> dict[str, Any]:
        return {name: row[name] for name in _PLAIN} | {
            "wait": self._wait(row),
            "person": read_person(row),
        }

    def _wait(self, row: asyncpg.Record) -> WaitView | None:
        if not on_the_clock(row["kind"]):
            return None
        wait = waited(row["clock_started_at"], row["clock_stopped_at"], row["now"], self._limit)
        return WaitView(
            weeks=wait.weeks,
            days=wait.days,
            limit_weeks=wait.limit,
            until=wait.until,
            over=wait.over,
            late=wait.late,
            words=wait.words,
        )


_PLAIN = (
    "referral_id",
    "handover_id",
    "kind",
    "priority",
    "specialty",
    "referrer",
    "sender_team",
    "team",
    "accountable_team",
    "state",
    "state_since",
    "state_because",
    "received_at",
    "clock_started_at",
    "clock_stopped_at",
    "requisition",
    "service_request",
    "next_appointment_at",
)


def _teams(teams: frozenset[str] | None) -> list[str] | None:
    return None if teams is None else sorted(teams)


def _all(kind: Callable[..., Any], rows: Sequence[asyncpg.Record]) -> list[Any]:
    return [kind(**dict(row)) for row in rows]
