"""What may lie on a topic although nobody should have written it there."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from schemas.catalogue import EVENTS
from schemas.envelope import Envelope
from schemas.topics import ALERTS, DIRECTORY, DOCUMENTS, HANDOVERS, PATIENTS, SPELLS, TOPICS
from tests.support.topics import Said

GOLDEN = Path(__file__).parents[1] / "contract" / "events"
HEARD = {
    PATIENTS: "patient.described",
    SPELLS: "spell.discharged",
    HANDOVERS: "handover.opened",
    DOCUMENTS: "document.received",
    ALERTS: "alert.sent",
    DIRECTORY: "team.described",
}
"""A type of event that every reader of the topic wants."""
LARGE = 900_000


def rubbish(topic: str, partition: int, victim: str) -> Iterator[Said]:
    """One of each kind; every reader of the topic must park each of them."""
    key = uuid4().hex.encode()

    def said(
        body: bytes | None, *headers: tuple[str, bytes | None], by: bytes | None = key
    ) -> Said:
        return Said(topic, by, body, headers, partition)

    # Apache Kafka itself refuses a record without a key on a compacted topic.
    nobody = None if TOPICS[topic].keeps == "every" else b"nobody"
    yield said(b"\xff\xfe\x00", by=nobody)
    yield said(b"{}", ("ce_id", b"\xff\xfe"), by=b"\xff\xff")
    yield said(b"{}", ("ce_id", None), ("reply_to", victim.encode()))
    yield said(b"[" * 100_000, ("content-type", b"application/json"))
    yield said(b"", ("traceparent", b"\x00"), by=nobody)
    yield said(b"{}", *envelope(HEARD[topic], "another-key").headers())
    yield unreadable(topic, partition, victim)
    yield from_the_future(topic, partition)
    if TOPICS[topic].keeps == "every":
        yield too_early(topic, partition)
    if partition == 0:
        yield said(b"x" * LARGE)


def unreadable(topic: str, partition: int, victim: str) -> Said:
    """A proper envelope around something else; its key is held."""
    told = envelope(HEARD[topic], uuid4().hex)
    headers = [*told.headers(), ("reply_to", victim.encode())]
    return Said(topic, told.partition_key.encode(), b'{"patient_key": 7}', headers, partition)


def from_the_future(topic: str, partition: int) -> Said:
    """A version that nobody here was taught; its key is held."""
    told = envelope(HEARD[topic], uuid4().hex, version=99)
    return Said(topic, told.partition_key.encode(), b"{}", told.headers(), partition)


def too_early(topic: str, partition: int) -> Said:
    """The fifth event of a stream that nobody has heard of."""
    told = envelope(HEARD[topic], uuid4().hex, sequence=5)
    body = golden(HEARD[topic], told.partition_key)
    return Said(topic, told.partition_key.encode(), body, told.headers(), partition)


def about_nothing(topic: str, partition: int) -> Iterator[Said]:
    """Well-formed events about a handover that does not exist."""
    for event in EVENTS:
        if event.topic == topic and event.type not in ("handover.opened", *HEARD.values()):
            told = envelope(event.type, uuid4().hex)
            body = golden(event.type, told.partition_key)
            yield Said(topic, told.partition_key.encode(), body, told.headers(), partition)


def envelope(kind: str, key: str, *, version: int = 1, sequence: int = 1) -> Envelope:
    topic = next(event.topic for event in EVENTS if event.type == kind)
    return Envelope(
        event_id=uuid4(),
        source=f"/baton/{TOPICS[topic].speaker}",
        type=kind,
        dataschema=f"urn:baton:{kind}:{version}",
        stream=f"rubbish:{uuid4()}",
        sequence=sequence,
        occurred_at=datetime.now(UTC),
        correlation_id=uuid4(),
        causation_id=uuid4(),
        partition_key=key,
    )


def golden(kind: str, key: str) -> bytes:
    """The stored example of an event, about somebody else."""
    stored = json.loads((GOLDEN / f"{kind}.v1.json").read_text("utf-8"))
    return json.dumps(stored | {"patient_key": key}).encode()
