"""What an operator may see and do at one service, as JSON: the console draws it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import APIRouter, Request

from services.chassis import outbox, parking
from services.chassis.access import Role, allow
from services.chassis.consumer import Consumer
from services.chassis.database import Database
from services.chassis.listener import Listener
from services.chassis.metrics import registry
from services.chassis.parked_operations import parked_operations, shown
from services.chassis.relay import Relay
from services.chassis.replay_operations import replay_operations

if TYPE_CHECKING:
    from collections.abc import Mapping


def operations(
    database: Database, relay: Relay, listener: Listener | None, consumer: Consumer | None
) -> APIRouter:
    """The routes below /operations."""
    router = APIRouter(
        prefix="/operations", tags=["operations"], dependencies=[allow(Role.OPERATOR)]
    )

    @router.get("")
    async def overview(request: Request) -> dict[str, Any]:
        reasons: Mapping[str, str] = await request.app.state.health.ready()
        async with database.reading() as connection:
            waiting, age = await outbox.backlog(connection)
            keys = await parking.parked_keys(connection)
            overdue = await connection.fetchval(
                "SELECT count(*) FROM timers WHERE rung_at IS NULL AND cancelled_at IS NULL"
                " AND due_at < clock_timestamp() - interval '1 second'"
            )
        return {
            "service": database.service,
            "ready": not reasons,
            "reasons": reasons,
            "consumed_total": _total("baton_events_consumed") + _total("baton_intake_messages"),
            "published_total": _total("baton_events_published"),
            "outbox_unpublished": waiting,
            "outbox_oldest_age_seconds": round(age, 3),
            "hears_topics": listener is not None,
            "consumer_lag": listener.kafka.lag() if listener and listener.kafka else 0,
            "parked": [shown(key) for key in keys],
            "timers_overdue": overdue,
            "relay_epoch": relay.lease.epoch,
            "last_progress_at": registry.get_sample_value("baton_last_progress_timestamp_seconds")
            or None,
        }

    router.include_router(parked_operations(database, consumer))
    router.include_router(replay_operations(database))

    @router.get("/trace/{correlation_id}")
    async def trace(correlation_id: UUID) -> list[dict[str, Any]]:
        async with database.reading() as connection:
            return await _said(connection, correlation_id, database.service)

    return router


async def _said(connection: Any, correlation_id: UUID, service: str) -> list[dict[str, Any]]:
    rows = await connection.fetch(
        """
        SELECT occurred_at, recorded_at, type, stream, sequence, event_id, causation_id,
               EXISTS (SELECT FROM outbox_pending p WHERE p.event_id = outbox.event_id) AS unpublished
        FROM outbox WHERE correlation_id = $1 ORDER BY event_id
        """,
        correlation_id,
    )
    return [{"service": service, **dict(row)} for row in rows]


def _total(name: str) -> int:
    return int(
        sum(
            sample.value
            for metric in registry.collect()
            if metric.name == name
            for sample in metric.samples
            if sample.name == f"{name}_total"
        )
    )
