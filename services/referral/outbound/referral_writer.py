"""What happens to a referral on its way, in the tables."""

from collections.abc import Sequence
from uuid import UUID

from services.chassis.connection import Connection
from services.referral.domain.referral_facts import AppointmentChanged, ReferralMoved

_MOVE = """
UPDATE referrals SET state = $2, state_since = CASE WHEN state = $2 AND team = $4 THEN state_since ELSE $3 END,
                     state_because = $5, team = $4, service_request = $6, clock_stopped_at = $7,
                     priority = coalesce($8, priority)
WHERE handover_id = $1
"""
# A redirect makes another request; what a referral ends as, its last request ends as.
_REVOKE = """
UPDATE service_requests SET status = 'revoked', status_because = $2, ended_at = $3 WHERE service_request = $1
"""
_REQUEST = """
INSERT INTO service_requests (service_request, referral_id, team, replaces, status, made_at)
SELECT $2, referral_id, $3, $4, 'active', $5 FROM referrals WHERE handover_id = $1
"""
_END = """
UPDATE service_requests SET status = $2, status_because = $3, ended_at = $4
WHERE service_request = $1 AND status = 'active'
"""
_WITH = """
UPDATE handovers SET referral = jsonb_set(referral, '{service}', to_jsonb($2::text)) WHERE handover_id = $1
"""
_APPOINTMENT = """
INSERT INTO appointments (appointment_id, referral_id, handover_id, team, starts_at, previous_starts_at, status,
                          changed_at, changed_by)
SELECT $2, referral_id, handover_id, $3, $4, $5, $6, $7, $8 FROM referrals WHERE handover_id = $1
ON CONFLICT (appointment_id) DO UPDATE
SET starts_at = excluded.starts_at, previous_starts_at = coalesce(excluded.previous_starts_at, appointments.previous_starts_at),
    status = excluded.status, changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""
_ENDS = {"outcome": "completed", "rejected": "revoked", "cancelled": "revoked"}


async def write_referral_moved(
    connection: Connection, happened: Sequence[tuple[UUID, ReferralMoved]]
) -> None:
    """The state, and the chain of requests that stands behind it."""
    anew = [(of, f) for of, f in happened if f.replaces is not None]
    await connection.executemany(_REVOKE, [(f.replaces, "redirected", f.at) for _, f in anew])
    await connection.executemany(
        _REQUEST, [(of, f.service_request, f.team, f.replaces, f.at) for of, f in anew]
    )
    await connection.executemany(
        _MOVE,
        [
            (of, f.state, f.at, f.team, f.reason, f.service_request, f.clock_stopped_at, f.priority)
            for of, f in happened
        ],
    )
    await connection.executemany(
        _END,
        [(f.service_request, _status(f), f.reason, f.at) for _, f in happened if f.state in _ENDS],
    )
    await connection.executemany(_WITH, [(of, f.team) for of, f in happened])


async def write_appointment(
    connection: Connection, happened: Sequence[tuple[UUID, AppointmentChanged]]
) -> None:
    """When the patient is to be seen, and what became of it."""
    await connection.executemany(
        _APPOINTMENT,
        [
            (
                of,
                f.appointment.appointment_id,
                f.appointment.team,
                f.appointment.starts_at,
                f.previous_starts_at,
                f.appointment.status,
                f.at,
                f.by,
            )
            for of, f in happened
        ],
    )


def _status(fact: ReferralMoved) -> str:
    return "entered-in-error" if fact.reason == "entered-in-error" else _ENDS[fact.state]
