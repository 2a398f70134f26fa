"""Lists of messages, in PostgreSQL: narrowed by what somebody looks for, a page at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.chassis.connection import Connection
from services.discharge.usecases.review_ports import Filters, Row

WAITING = """(
    message.answer <> 'AA' AND message.resubmits IS NULL
    AND NOT EXISTS (
        SELECT FROM source_messages AS mended
        WHERE mended.resubmits = message.message_id AND mended.resubmits IS NOT NULL
          AND mended.answer = 'AA')
    AND NOT EXISTS (
        SELECT FROM message_decisions AS decided
        WHERE decided.message_id = message.message_id AND decided.decision = 'set-aside')
    AND (message.clash OR message.control_id = '' OR NOT EXISTS (
        SELECT FROM source_messages AS again
        WHERE again.dialect = message.dialect AND again.organisation = message.organisation
          AND again.application = message.application AND again.control_id = message.control_id
          AND again.answer = 'AA'))
)"""
"""Refused, and neither mended, nor set aside, nor sent again by its hospital.

What seems said twice lets the planner use the index of the few messages that stand for others.
"""

_LIST = """
SELECT message_id, received_at, dialect, arrived_by, organisation, application, control_id, event,
       answer, error, place, reason, clash, flags, patient_key, spell_id, said, resubmits,
       {waiting} AS waiting
FROM source_messages AS message
WHERE {conditions}
ORDER BY message_id DESC LIMIT ${limit}
"""

_BY_VALUE = {
    "own_of": "handed_in_by = {}",
    "organisation": "upper(organisation) = upper({})",
    "application": "application = {}",
    "event": "event = {}",
    "answer": "answer = {}",
    "door": "arrived_by = {}",
    "spell_id": "spell_id = {}",
    "before": "message_id < {}",
    "flag": """flags <> '{{}}' AND EXISTS (
        SELECT FROM unnest(flags) AS flag WHERE flag = {0} OR starts_with(flag, {0} || ':'))""",
}

_SLACK = timedelta(minutes=10)
"""An id is made when a message is read, which is after it arrived, but never long after."""


async def list_messages(connection: Connection, filters: Filters) -> list[Row]:
    """The newest first. Only the conditions that somebody asked for are part of the statement."""
    conditions, values = ["true"], list[Any]()
    for condition, given in _asked(filters):
        values += given
        numbers = range(len(values) - len(given) + 1, len(values) + 1)
        conditions.append(condition.format(*(f"${number}" for number in numbers)))
    statement = _LIST.format(
        waiting="true" if filters.waiting else WAITING,
        conditions=" AND ".join(conditions),
        limit=len(values) + 1,
    )
    rows = await connection.fetch(statement, *values, filters.limit)
    return [dict(row) for row in rows]


def first_id(at: datetime) -> UUID:
    """The least id that a message of this time can have."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def _asked(filters: Filters) -> Iterator[tuple[str, list[Any]]]:
    """The conditions that somebody asked for, each with its values."""
    for name, condition in _BY_VALUE.items():
        value = getattr(filters, name)
        if value or (name == "own_of" and value is not None):
            yield condition, [value]
    if filters.answer in {"AE", "AR"}:
        yield "answer <> 'AA'", []
    if filters.clash:
        yield "clash", []
    if filters.waiting:
        yield WAITING, []
    if filters.since:
        yield "message_id >= {} AND received_at >= {}", [first_id(filters.since), filters.since]
    if filters.until:
        last = first_id(filters.until + _SLACK)
        yield "message_id < {} AND received_at < {}", [last, filters.until]
