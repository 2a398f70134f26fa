"""Messages that come over Kafka are taken in and answered as over any other door."""

import asyncio
import json

import pytest
from aiokafka import AIOKafkaProducer

from services.chassis.listener import Listener
from tests.integration.discharge.conftest import Ward
from tests.integration.discharge.over_kafka.conftest import Engine, told
from tests.support.hospital import a_notification, a_sample, an_adt, as_json


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
