"""What a run wrote and said, in a form in which floor and product must agree to the last digit."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from bench.site import Site
from bench.tables import BUSINESS, NOT_COMPARED
from schemas.topics import TOPICS

_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME_OF_RUN = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|\+00:00)")


@dataclass(frozen=True)
class Tally:
    """How many there are, and a sum of their hashes that does not depend on their order."""

    count: int
    checksum: int


@dataclass
class Work:
    """Everything that a run left behind."""

    tables: dict[str, Tally] = field(default_factory=dict)
    topics: dict[str, Tally] = field(default_factory=dict)
    """By topic and event type."""
    bytes_on_topics: int = 0
    faults: list[str] = field(default_factory=list)
    """What is wrong with the run whatever the other one did."""

    def differences(self, other: "Work") -> list[str]:
        """In which tables and topics two runs differ, in words."""
        return [
            f"{name}: {_say(mine.get(name))} here, {_say(theirs.get(name))} there"
            for mine, theirs in ((self.tables, other.tables), (self.topics, other.topics))
            for name in sorted({*mine, *theirs})
            if mine.get(name) != theirs.get(name)
        ]


def read_work(site: Site) -> Work:
    """Count and sum up every table of the services and every message on their topics."""
    work = Work()
    with site.superuser() as connection:
        for name in _tables(connection):
            schema, table = name.split(".")
            if table == "parked":
                _none_left(connection, f"{schema}.parked WHERE resolved_at IS NULL", work)
            elif table == "outbox_pending":
                _none_left(connection, f"{schema}.outbox_pending", work)
            if table not in NOT_COMPARED:
                work.tables[name] = _tally(connection, name)
    for topic in TOPICS:
        _read_topic(site, topic, work)
    return work


def _tables(connection: psycopg.Connection) -> Sequence[str]:
    rows = connection.execute(
        "SELECT schemaname || '.' || tablename FROM pg_tables"
        " WHERE schemaname IN ('discharge', 'referral', 'notify') ORDER BY 1"
    )
    return [name for (name,) in rows]


def _tally(connection: psycopg.Connection, name: str) -> Tally:
    """Rows and their checksum; a table that nobody described is only counted."""
    source, columns = BUSINESS.get(name, (name, "1"))
    statement = f"SELECT count(*), coalesce(sum(hashtextextended(ROW({columns})::text, 0)), 0) FROM {source}"  # noqa: S608
    count, checksum = connection.execute(statement.encode()).fetchone() or (0, 0)
    return Tally(count, int(checksum))


def _none_left(connection: psycopg.Connection, what: str, work: Work) -> None:
    (count,) = connection.execute(f"SELECT count(*) FROM {what}".encode()).fetchone() or (0,)  # noqa: S608
    if count:
        work.faults.append(f"{count} left in {what}")


def _read_topic(site: Site, topic: str, work: Work) -> None:
    counts: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    ids: set[bytes] = set()
    places: set[tuple[bytes, bytes]] = set()
    for message in _messages(site.broker.bootstrap, topic):
        headers: dict[str, Any] = dict(message.headers() or ())
        kind = f"{topic} {headers['ce_type'].decode()}"
        counts[kind] += 1
        sums[kind] += _hash(message)
        ids.add(headers["ce_id"])
        places.add((headers["ce_subject"], headers["ce_sequence"]))
        work.bytes_on_topics += len(message.value() or b"")
    total = sum(counts.values())
    if not len(ids) == len(places) == total:
        work.faults.append(
            f"{topic}: {total} messages, {len(ids)} ids, {len(places)} places in streams"
        )
    work.topics.update({kind: Tally(counts[kind], sums[kind]) for kind in counts})


def _hash(message: Message) -> int:
    """Of key, body and headers, as they are on the wire, less ids and times of the run."""
    sha = hashlib.blake2b(digest_size=8)
    for name, value in (("", message.key()), ("", message.value()), *(message.headers() or ())):
        plain = _TIME_OF_RUN.sub(b"T", _UUID.sub(b"U", value or b""))
        sha.update(b"%s=%d:%s;" % (name.encode(), len(plain), plain))
    return int.from_bytes(sha.digest(), "big")


def _messages(bootstrap: str, topic: str) -> list[Message]:
    reader = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": "bench", "enable.auto.commit": False}
    )
    try:
        partitions = [
            TopicPartition(topic, number, OFFSET_BEGINNING)
            for number in reader.list_topics(topic, timeout=10).topics[topic].partitions
        ]
        wanted = sum(reader.get_watermark_offsets(each, timeout=10)[1] for each in partitions)
        reader.assign(partitions)
        found: list[Message] = []
        while len(found) < wanted:
            found += reader.consume(min(wanted - len(found), 10_000), timeout=10)
        return found
    finally:
        reader.close()


def _say(tally: Tally | None) -> str:
    return (
        "nothing" if tally is None else f"{tally.count} with checksum {tally.checksum % 10_000:04}"
    )
