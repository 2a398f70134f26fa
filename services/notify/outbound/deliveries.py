"""Attempts and the private links that they carry, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.chassis.connection import Connection
from services.notify.domain.attempt import Refused
from services.notify.usecases.records import Attempt, Ended

_END = """
UPDATE deliveries SET ended_at = clock_timestamp(), outcome = said.outcome, reason = said.reason
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[]) AS said (alert_id, attempt, outcome, reason)
WHERE deliveries.alert_id = said.alert_id AND deliveries.attempt = said.attempt
"""

_REVOKE = """
UPDATE links SET revoked_at = clock_timestamp()
FROM unnest($1::uuid[], $2::integer[]) AS refused (alert_id, attempt)
WHERE links.alert_id = refused.alert_id AND links.attempt = refused.attempt
"""


async def start(
    connection: Connection, attempts: Sequence[Attempt], now: datetime, link_life: timedelta
) -> None:
    """Write down that these attempts begin, with the hashes of the private links that they carry."""
    if not attempts:
        return
    await connection.copy_records_to_table(
        "deliveries",
        columns=(
            "alert_id",
            "attempt",
            "channel",
            "template",
            "template_version",
            "said",
            "started_at",
        ),
        records=[
            (
                attempt.claimed.alert.alert_id,
                attempt.number,
                attempt.message.channel,
                attempt.rendered.template,
                attempt.rendered.version,
                attempt.said,
                now,
            )
            for attempt in attempts
        ],
    )
    await _add_links(connection, attempts, now, link_life)


async def end(connection: Connection, ended: Sequence[Ended]) -> None:
    """Write down how they ended; a refused message takes its link with it."""
    await connection.execute(
        _END,
        [one.attempt.claimed.alert.alert_id for one in ended],
        [one.attempt.number for one in ended],
        [one.outcome.word for one in ended],
        [one.outcome.reason for one in ended],
    )
    refused = [
        one.attempt for one in ended if isinstance(one.outcome, Refused) and one.attempt.token_hash
    ]
    if refused:
        await connection.execute(
            _REVOKE,
            [attempt.claimed.alert.alert_id for attempt in refused],
            [attempt.number for attempt in refused],
        )


async def _add_links(
    connection: Connection, attempts: Sequence[Attempt], now: datetime, life: timedelta
) -> None:
    records = [
        (
            attempt.token_hash,
            attempt.claimed.alert.alert_id,
            attempt.number,
            attempt.claimed.alert.handover_id,
            attempt.claimed.alert.patient_key,
            "plan",
            now,
            now + life,
        )
        for attempt in attempts
        if attempt.token_hash
    ]
    if records:
        await connection.copy_records_to_table(
            "links",
            columns=(
                "token_hash",
                "alert_id",
                "attempt",
                "handover_id",
                "patient_key",
                "purpose",
                "made_at",
                "expires_at",
            ),
            records=records,
        )
