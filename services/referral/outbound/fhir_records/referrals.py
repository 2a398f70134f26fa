"""Referrals and appointments as other systems read them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import asyncpg

from services.chassis.connection import Connection
from services.referral.outbound.fhir_records.subjects import read_id, read_subject
from services.referral.usecases.record_views import (
    EARLIEST,
    LATEST,
    AppointmentRecord,
    RequestRecord,
    Sought,
)

Record = TypeVar("Record", RequestRecord, AppointmentRecord)

_MAY_SEE = """
    ($1::text[] IS NULL OR EXISTS (
        SELECT FROM parties p WHERE p.team = ANY($1) AND p.handover_id = s.handover_id))
"""
_FITS = f"""
    {_MAY_SEE}
    AND s.updated_at >= $2 AND s.updated_at < $3
    AND ($7::text[] IS NULL OR s.status = ANY($7)) AND ($8::text[] IS NULL OR s.team = ANY($8))
    AND ($9::text IS NULL OR s.patient_key = $9)
"""
_REQUESTS = f"""
SELECT * FROM service_request_records s
WHERE {_FITS} AND ($10::uuid[] IS NULL OR s.service_request = ANY($10))
  AND ($11::text IS NULL OR s.requisition = $11)
  AND (s.updated_at, s.service_request) {{beyond}} ($4, $5)
ORDER BY s.updated_at {{direction}}, s.service_request {{direction}} LIMIT $6
"""  # noqa: S608
_APPOINTMENTS = f"""
SELECT * FROM appointment_records s
WHERE {_FITS} AND ($10::uuid[] IS NULL OR s.appointment_id = ANY($10))
  AND s.starts_at >= $11 AND s.starts_at < $12
  AND (s.updated_at, s.appointment_id) {{beyond}} ($4, $5)
ORDER BY s.updated_at {{direction}}, s.appointment_id {{direction}} LIMIT $6
"""  # noqa: S608
_REQUEST = f"SELECT * FROM service_request_records s WHERE s.service_request = $2 AND {_MAY_SEE}"  # noqa: S608
_APPOINTMENT = f"SELECT * FROM appointment_records s WHERE s.appointment_id = $2 AND {_MAY_SEE}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class ReferralRecords(Generic[Record]):
    """Implements `usecases.record_views.Records` for what belongs to a referral."""

    one_of: str
    search_of: str
    read: Callable[[asyncpg.Record], Record]
    beside: Callable[[Sought], Sequence[object]]
    """What only this kind is searched by."""

    async def one(
        self, connection: Connection, record_id: str, teams: Sequence[str] | None
    ) -> Record | None:
        wanted = read_id(record_id)
        row = wanted and await connection.fetchrow(self.one_of, teams, wanted)
        return self.read(row) if row else None

    async def search(self, connection: Connection, sought: Sought) -> list[Record]:
        newest = sought.newest_first
        direction, beyond = ("DESC", "<") if newest else ("ASC", ">")
        edge = (LATEST, UUID(int=2**128 - 1)) if newest else (EARLIEST, UUID(int=0))
        rows = await connection.fetch(
            self.search_of.format(direction=direction, beyond=beyond),
            sought.teams,
            sought.since,
            sought.until,
            *(sought.after or edge),
            sought.limit,
            list(sought.statuses) or None,
            list(sought.owners) or None,
            sought.patient_key,
            list(sought.ids) or None,
            *self.beside(sought),
        )
        return [self.read(row) for row in rows]


def _read_request(row: asyncpg.Record) -> RequestRecord:
    return RequestRecord(
        service_request=row["service_request"],
        version=row["version"],
        updated_at=row["updated_at"],
        status=row["status"],
        team=row["team"],
        replaces=row["replaces"],
        made_at=row["made_at"],
        requisition=row["requisition"],
        kind=row["kind"],
        priority=row["priority"],
        specialty=row["specialty"],
        referrer=row["referrer"],
        about=read_subject(row),
    )


def _read_appointment(row: asyncpg.Record) -> AppointmentRecord:
    return AppointmentRecord(
        appointment_id=row["appointment_id"],
        version=row["version"],
        updated_at=row["updated_at"],
        status=row["status"],
        team=row["team"],
        starts_at=row["starts_at"],
        service_request=row["service_request"],
        about=read_subject(row),
    )


REQUEST_RECORDS = ReferralRecords(
    _REQUEST, _REQUESTS, _read_request, lambda sought: [sought.requisition]
)
APPOINTMENT_RECORDS = ReferralRecords(
    _APPOINTMENT, _APPOINTMENTS, _read_appointment, lambda sought: sought.starts
)
