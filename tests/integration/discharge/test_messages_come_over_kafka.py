import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from faststream.kafka import KafkaBroker

from deploy.local.broker import Broker
from deploy.local.postgres import LocalPostgres
from services.chassis.listener import Listener
from services.discharge.app import build
from services.discharge.inbound.kafka import answers
from tests.integration.discharge.conftest import PASSWORDS, SECRET, Ward
from tests.support.eventually import eventually
from tests.support.hospital import a_notification, a_sample, an_adt, as_json
from tests.support.kafka import MakeTopic
from tests.support.postgres import Database as Site
from tests.support.waiting import a_batch_waits, batches_that_waited

ROOT = Path(__file__).parents[3]


@dataclass
class Engine:
    """The hospital's integration engine: it puts messages on one topic, and reads the other."""

    kafka: Broker
    messages: str
    answers: str
    producer: AIOKafkaProducer
    consumer: AIOKafkaConsumer
    heard: list[ConsumerRecord[bytes, bytes]] = field(default_factory=list)

    async def put(self, *bodies: bytes | None, content_type: str = "") -> None:
        headers = [("content-type", content_type.encode())] if content_type else []
        for body in bodies:
            await self.producer.send_and_wait(self.messages, body, b"key", headers=headers)

    async def hears(self, how_many: int) -> Sequence[ConsumerRecord[bytes, bytes]]:
        """The answers so far, once there are so many."""
        async with asyncio.timeout(20):
            while len(self.heard) < how_many:
                found = await self.consumer.getmany(timeout_ms=200)
                self.heard += [record for records in found.values() for record in records]
        return self.heard


@pytest.fixture
async def engine(
    kafka_server: Broker, make_topic: MakeTopic, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Engine]:
    messages = await make_topic("messages", max_message_bytes="4194304")
    replies = await make_topic("answers")
    monkeypatch.setattr(answers, "HOSPITAL_ANSWERS", replies)
    producer = AIOKafkaProducer(
        bootstrap_servers=kafka_server.bootstrap, max_request_size=4_000_000
    )
    consumer = AIOKafkaConsumer(
        replies, bootstrap_servers=kafka_server.bootstrap, auto_offset_reset="earliest"
    )
    await producer.start()
    await consumer.start()
    yield Engine(kafka_server, messages, replies, producer, consumer)
    await consumer.stop()
    await producer.stop()


@pytest.fixture
def which_answers() -> str:
    return "all"


@pytest.fixture
async def listener(
    ward: Ward, engine: Engine, group_id: str, which_answers: str
) -> AsyncIterator[Listener]:
    """Discharge, listening on the topic."""
    listening = await _listening(ward, engine, group_id, which_answers)
    yield listening.listener
    await listening.stop()


@dataclass
class Listening:
    listener: Listener
    loops: list[asyncio.Task[Any]]

    async def stop(self) -> None:
        await self.listener.stop()
        for loop in self.loops:
            loop.cancel()
        await asyncio.gather(*self.loops, return_exceptions=True)


async def _listening(ward: Ward, engine: Engine, group: str, which: str) -> Listening:
    settings = ward.settings.model_copy(
        update={
            "kafka_bootstrap": engine.kafka.bootstrap,
            "intake_topic": engine.messages,
            "intake_answers": which,
        }
    )
    parts = build(settings, ward.database)
    assert parts.feed is not None
    loops = [asyncio.create_task(parts.loops[name]()) for name in ("intake", "answers")]
    broker = KafkaBroker(
        engine.kafka.bootstrap,
        client_id="discharge",
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        logger=None,
        request_timeout_ms=30_000,
    )
    paced = "long-poll" not in engine.kafka.capabilities
    listener = Listener(broker, parts.feed.taker, group, [parts.feed.topic], paced=paced)
    await listener.start()
    return Listening(listener, loops)


def told(record: ConsumerRecord[bytes, bytes]) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


async def test_both_dialects_are_taken_in_and_each_is_answered_in_its_own(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(an_adt(), as_json(a_notification(visit="SP-2")))

    hl7, fhir = await engine.hears(2)

    assert b"MSA|AA|M1001" in hl7.value
    assert json.loads(fhir.value)["entry"][0]["resource"]["response"]["code"] == "ok"
    assert [told(each)["content-type"] for each in (hl7, fhir)] == [
        "application/hl7-v2",
        "application/fhir+json",
    ]
    assert [row["arrived_by"] for row in await ward.stored()] == ["kafka", "kafka"]
    assert len(await ward.said("spell.discharged")) == 2


async def test_a_document_is_filed_and_answered_in_its_own_words(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(
        a_sample("frail-78-edischarge.xml"), b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"
    )

    filed, refused = await engine.hears(2)

    assert [told(each)["answer"] for each in (filed, refused)] == ["AA", "AR"]
    assert {told(each)["content-type"] for each in (filed, refused)} == {"application/fhir+xml"}
    assert b'<code value="20013"/>' in filed.value
    assert b'<code value="10009"/>' in refused.value


async def test_an_answer_says_where_its_message_lay_and_nothing_of_the_patient(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(an_adt())

    [answer] = await engine.hears(1)

    [row] = await ward.stored()
    assert answer.key == f"{engine.messages}-0-0".encode()
    assert told(answer) == {
        "content-type": "application/hl7-v2",
        "answer": "AA",
        "source-topic": engine.messages,
        "source-partition": "0",
        "source-offset": "0",
        "message-id": str(row["message_id"]),
    }
    assert b"SHAW" not in answer.value
    assert b"9995000245" not in answer.value


@pytest.mark.parametrize("which_answers", ["rejections"])
async def test_where_only_refusals_are_asked_for_nothing_else_is_answered(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(an_adt(), an_adt(control_id="M2", processing="X"))

    [answer] = await engine.hears(1)

    assert b"MSA|AR|M2" in answer.value
    assert len(await ward.stored()) == 2


async def test_a_content_type_decides_before_the_first_byte_does(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(an_adt(), content_type="application/fhir+json; charset=utf-8")

    [answer] = await engine.hears(1)

    assert json.loads(answer.value)["resourceType"] == "OperationOutcome"
    assert told(answer)["answer"] == "AR"


async def test_what_cannot_be_read_is_kept_and_refused_and_the_next_message_goes_on(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    rubbish = [b"\xff\xfe\x00", b"[" * 100_000, b'{"resourceType": 7}', b"MSH|", b"<xml/>"]
    await engine.put(*rubbish, an_adt())

    answers = await engine.hears(len(rubbish) + 1)

    assert [told(each)["answer"] for each in answers] == ["AR"] * len(rubbish) + ["AA"]
    assert [bytes(row["body"]) for row in await ward.stored()][:-1] == rubbish


async def test_empty_records_and_giants_are_refused_and_not_kept(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    giant = an_adt() + b"NTE|1||" + b"x" * 1_100_000
    larger = [giant, b'{"a": "' + giant + b'"}', b"<a>" + giant + b"</a>"]
    await engine.put(None, b"", b"\r\n", *larger, an_adt())

    answers = await engine.hears(7)

    assert [told(each)["answer"] for each in answers] == ["AR"] * 6 + ["AA"]
    assert b'<code value="20015"/>' in answers[5].value
    assert b"MSA|AR|M1001|A message has at most 1048576 bytes" in answers[3].value
    assert json.loads(answers[4].value)["issue"][0]["code"] == "too-costly"
    assert "message-id" not in told(answers[3])
    assert len(await ward.stored()) == 1


async def test_a_giant_that_was_folded_up_small_is_refused_as_well(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    folding = AIOKafkaProducer(
        bootstrap_servers=engine.kafka.bootstrap,
        compression_type="gzip",
        max_request_size=64_000_000,
        max_batch_size=64_000_000,
    )
    await folding.start()
    await folding.send_and_wait(engine.messages, an_adt() + b"NTE|1||" + b"x" * 30_000_000)
    await folding.stop()
    await engine.put(an_adt(control_id="NEXT"))

    giant, following = await engine.hears(2)

    assert b"MSA|AR|M1001|A message has at most 1048576 bytes" in giant.value
    assert b"MSA|AA|NEXT" in following.value
    assert len(await ward.stored()) == 1


async def test_the_same_message_twice_does_nothing_twice_and_is_answered_twice(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(an_adt())
    await engine.hears(1)
    await ward.send(an_adt())
    await engine.put(an_adt())

    first, again = await engine.hears(2)

    assert first.value == again.value
    assert len(await ward.stored()) == 1
    assert len(await ward.said("spell.discharged")) == 1


async def test_a_whole_batch_is_read_in_shares_and_every_message_is_answered_once(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    messages = [an_adt(control_id=f"M{n}", visit=f"V{n}") for n in range(450)]
    await asyncio.gather(*(engine.put(each) for each in messages))

    answers = await engine.hears(450)

    offsets = [int(told(each)["source-offset"]) for each in answers]
    assert sorted(offsets) == list(range(450))
    assert len(await ward.stored()) == 450


async def test_while_the_database_is_away_messages_wait_and_none_is_skipped(
    ward: Ward, engine: Engine, listener: Listener, postgres_server: LocalPostgres
) -> None:
    await engine.put(an_adt(control_id="BEFORE"))
    await engine.hears(1)
    assert postgres_server.data_dir is not None

    before = batches_that_waited()
    postgres_server.stop("immediate")
    await engine.put(*(an_adt(control_id=f"M{n}", visit=f"V{n}") for n in range(5)))
    await a_batch_waits(before)
    postgres_server.start(postgres_server.data_dir)

    answers = await engine.hears(6)
    assert {told(each)["answer"] for each in answers} == {"AA"}
    assert len(await ward.said("spell.discharged")) == 6


@pytest.fixture
def fault(site: Site) -> Iterator[None]:
    """The database refuses one stay, as a fault of ours might make it do."""
    with psycopg.connect(site.dsn, autocommit=True) as connection:
        connection.execute(
            """
            CREATE FUNCTION discharge.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF to_jsonb(NEW)::text LIKE '%SP-BAD%' THEN RAISE 'a fault that quotes SHAW'; END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON discharge.spells
                FOR EACH ROW EXECUTE FUNCTION discharge.refuse();
            """
        )
        yield
        connection.execute("DROP FUNCTION discharge.refuse CASCADE")


@pytest.mark.usefixtures("fault")
async def test_a_message_that_the_service_fails_on_is_set_aside_for_a_person(
    ward: Ward, engine: Engine, listener: Listener
) -> None:
    await engine.put(an_adt(control_id="BAD", visit="SP-BAD"), an_adt(control_id="GOOD"))

    bad, good = await engine.hears(2)

    assert b"MSA|AE|BAD|" in bad.value
    assert b"SHAW" not in bad.value
    assert b"MSA|AA|GOOD" in good.value
    stored = {row["control_id"]: row for row in await ward.stored()}
    assert UUID(told(bad)["message-id"]) == stored["BAD"]["message_id"]
    assert len(await ward.said("spell.discharged")) == 1


async def test_a_process_killed_before_kafka_knows_loses_nothing_and_does_nothing_twice(
    ward: Ward, engine: Engine, site: Site, tmp_path: Path
) -> None:
    messages = [an_adt(control_id=f"M{n}", visit=f"V{n}") for n in range(300)]
    process = await _start(site, engine, tmp_path)
    await asyncio.gather(*(engine.put(each) for each in messages[:150]))

    async def something_is_stored() -> bool:
        return bool(await ward.stored())

    await eventually(something_is_stored, timeout=40)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await asyncio.gather(*(engine.put(each) for each in messages[150:]))

    process = await _start(site, engine, tmp_path)

    async def everything_is_stored() -> bool:
        return len(await ward.stored()) == 300

    try:
        await eventually(everything_is_stored, timeout=40)
    finally:
        process.terminate()
        await process.wait()
    assert len(await ward.said("spell.discharged")) == 300
    assert len(await ward.spells()) == 300


async def _start(site: Site, engine: Engine, folder: Path) -> asyncio.subprocess.Process:
    """The service as it runs, as a process of its own."""
    given = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": site.dsn_of("baton_discharge", PASSWORDS["discharge"]),
        "KAFKA_BOOTSTRAP": engine.kafka.bootstrap,
        "KAFKA_PACED": str("long-poll" not in engine.kafka.capabilities),
        "SITE_SECRET": SECRET,
        "SESSION_SECRET": SECRET,
        "HTTP_PORT": "0",
        "MLLP_PORT": "0",
        "INTAKE_TOPIC": engine.messages,
    }
    with (folder / "discharge.log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.discharge",
            cwd=ROOT, stdout=log, stderr=log,
            env={**os.environ, **{f"BATON_{name}": value for name, value in given.items()}},
        )  # fmt: skip
