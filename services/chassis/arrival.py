"""A record as it came from the topic, and what could be read of it."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from pydantic import ValidationError

from schemas.catalogue import BY_SCHEMA, EVENTS
from schemas.envelope import Envelope, EnvelopeError, read_envelope
from schemas.event import Event
from schemas.topics import TOPICS
from services.chassis.unit_of_work import Cause

Trouble = Literal["undecodable", "schema", "poison"]
_TYPES = frozenset(event.type for event in EVENTS)


@dataclass(frozen=True, slots=True)
class Received:
    """An event that is new to us, in the order of its stream."""

    envelope: Envelope
    event: Event

    @property
    def cause(self) -> Cause:
        """The cause of whatever is said because of this event."""
        return Cause(self.envelope.correlation_id, self.envelope.event_id)


@dataclass(slots=True)
class Arrival:
    """One record: where it lay, its raw parts, and either an event or the trouble with it."""

    topic: str
    partition: int
    offset: int
    record_key: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    body: bytes | None
    envelope: Envelope | None = None
    event: Event | None = None
    trouble: Trouble | None = None
    error: str = ""
    parked_id: UUID | None = None
    """Set when the record was parked before and is looked at again."""

    @property
    def key(self) -> str:
        """What is held with it. A record without a readable key stands alone."""
        if self.record_key is None:
            return f"raw:{self.partition}:{self.offset}"
        return self.record_key.decode("utf-8", "backslashreplace")[:200]

    @property
    def latest_only(self) -> bool:
        """True on a topic of snapshots."""
        return TOPICS[self.topic].keeps == "latest"

    @property
    def is_tombstone(self) -> bool:
        """True for the empty record that erases a key on a compacted topic."""
        return self.body is None and self.record_key is not None and self.latest_only

    @property
    def digest(self) -> bytes:
        """Tells this record from another one at the same place of a topic that was made anew."""
        sha = hashlib.sha256(self.body or b"")
        for name, value in self.headers:
            sha.update(name.encode("utf-8", "backslashreplace") + b"=" + (value or b"") + b"\n")
        return sha.digest()


def read(arrival: Arrival, wanted: frozenset[str]) -> None:
    """Fill in what the record says; never raises.

    `wanted` holds the schema ids to decode. Types that nobody taught us are left undecoded, without trouble: they
    count in their stream and are otherwise passed over.
    """
    if arrival.is_tombstone:
        return
    try:
        envelope = arrival.envelope = read_envelope(arrival.headers)
    except EnvelopeError as error:
        arrival.trouble, arrival.error = "undecodable", str(error)
        return
    if arrival.record_key != envelope.partition_key.encode():
        arrival.envelope = None
        arrival.trouble, arrival.error = (
            "undecodable",
            "the key is not the partition key of the event",
        )
        return
    if envelope.dataschema not in BY_SCHEMA:
        if envelope.type in _TYPES:
            arrival.trouble, arrival.error = (
                "schema",
                f"{envelope.dataschema} is newer than this service",
            )
        return
    if envelope.dataschema in wanted:
        _decode(arrival, BY_SCHEMA[envelope.dataschema])


def _decode(arrival: Arrival, model: type[Event]) -> None:
    try:
        arrival.event = model.from_bytes(arrival.body or b"")
    except ValidationError as error:
        places = {
            ".".join(str(part) for part in e["loc"]) + " " + e["type"]
            for e in error.errors(include_input=False)
        }
        arrival.trouble, arrival.error = "poison", "body: " + ", ".join(sorted(places))[:400]


def in_stream_order(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The same records, with each stream's own ones in the order of their sequence among its places."""
    by_stream: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.envelope is not None:
            by_stream[arrival.envelope.stream].append(arrival)
    for mine in by_stream.values():
        mine.sort(key=lambda arrival: -(arrival.envelope.sequence if arrival.envelope else 0))
    return [
        by_stream[arrival.envelope.stream].pop() if arrival.envelope else arrival
        for arrival in arrivals
    ]
