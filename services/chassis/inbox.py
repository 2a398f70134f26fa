"""What was heard of each stream, so that nothing is handled twice and nothing is skipped."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from schemas.envelope import Envelope
from services.chassis.connection import Connection
from services.chassis.errors import Transient

Standing = Literal["next", "repeated", "early", "conflict"]


@dataclass(slots=True)
class Heard:
    """How far one stream was heard."""

    sequence: int
    event_id: UUID | None
    known: bool = False
    """Whether the stream has its row, which is locked then."""
    changed: bool = False

    def standing(self, envelope: Envelope, *, latest_only: bool) -> Standing:
        """Where this event stands: the next one, heard before, too early, or another one in a place taken.

        `latest_only` streams carry snapshots: any later one is the next. A place that was passed, in an event made
        long after the last one, is no repeat: the speaker counts anew, as after a restore from a backup.
        """
        if envelope.sequence <= self.sequence and self._counts_anew(envelope.event_id):
            return "next" if latest_only else "conflict"
        if envelope.sequence == self.sequence and self.event_id not in (None, envelope.event_id):
            return "conflict"
        if envelope.sequence <= self.sequence:
            return "repeated"
        if latest_only or envelope.sequence == self.sequence + 1:
            return "next"
        return "early"

    def _counts_anew(self, event_id: UUID) -> bool:
        last = self.event_id
        if last is None or last.version != _SORTS_BY_TIME or event_id.version != _SORTS_BY_TIME:
            return False
        return event_id.int >> _BELOW_TIME > (last.int >> _BELOW_TIME) + _CLOCKS_DIFFER

    def note(self, envelope: Envelope) -> None:
        """Remember this event as the last one heard."""
        self.sequence = envelope.sequence
        self.event_id = envelope.event_id
        self.changed = True


_LOCK = """
SELECT stream, sequence, event_id FROM inbox WHERE stream = ANY($1::text[]) ORDER BY stream FOR UPDATE
"""

# Both parts go through the primary key: an UPDATE that joins would keep the plan made for an empty table, and read all
# of it for each batch.
_CLAIM = """
WITH said AS (
    SELECT stream, sequence, event_id, known
    FROM unnest($1::text[], $2::integer[], $3::uuid[], $4::boolean[]) AS n (stream, sequence, event_id, known)
), went_on AS (
    INSERT INTO inbox (stream, sequence, event_id)
    SELECT stream, sequence, event_id FROM said WHERE known ORDER BY stream
    ON CONFLICT (stream) DO UPDATE
    SET sequence = excluded.sequence, event_id = excluded.event_id, heard_at = clock_timestamp()
    RETURNING stream
), began AS (
    INSERT INTO inbox (stream, sequence, event_id)
    SELECT stream, sequence, event_id FROM said WHERE NOT known ORDER BY stream
    ON CONFLICT (stream) DO NOTHING
    RETURNING stream
)
SELECT stream FROM went_on UNION ALL SELECT stream FROM began
"""
_SORTS_BY_TIME = 7
_BELOW_TIME = 80
"""A UUID version 7 begins with milliseconds, in the bits above these."""
_CLOCKS_DIFFER = 60_000
"""Milliseconds by which the clocks of two processes that speak in one stream may differ, and more."""


class OvertakenError(Transient):
    """Another process heard the same records in the same moment: look again, they will be repeats."""


async def lock(connection: Connection, streams: Iterable[str]) -> dict[str, Heard]:
    """What is known of these streams, locked until the transaction ends; unknown ones are heard up to 0."""
    wanted = sorted(set(streams))
    rows = await connection.fetch(_LOCK, wanted)
    heard = {stream: Heard(0, None) for stream in wanted}
    heard.update(
        {row["stream"]: Heard(row["sequence"], row["event_id"], known=True) for row in rows}
    )
    return heard


async def claim(connection: Connection, heard: Mapping[str, Heard]) -> None:
    """Write down how far each stream is heard, before any effect of it is written.

    Nothing locks a stream that was never heard of, so two processes may both think that they are first. The
    primary key lets one of them through; the other waits here, then raises `OvertakenError`.
    """
    changed = {stream: known for stream, known in heard.items() if known.changed}
    if not changed:
        return
    claimed = await connection.fetch(
        _CLAIM,
        list(changed),
        [known.sequence for known in changed.values()],
        [known.event_id for known in changed.values()],
        [known.known for known in changed.values()],
    )
    if len(claimed) != len(changed):
        raise OvertakenError
    for known in changed.values():
        known.changed, known.known = False, True
