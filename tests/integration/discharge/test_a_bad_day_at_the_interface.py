"""After whatever a line brings, the next good message goes through."""

import asyncio
import itertools
import json
import time

import pytest

from services.discharge.inbound.hl7.framing import frame
from tests.integration.discharge.conftest import Ward
from tests.support.hospital import a_notification, an_adt, as_json

_ids = itertools.count(1)

INJECTION = "'; DROP TABLE spells; --"
TEMPLATE = "{{7*7}} ${7*7} <%= 7*7 %> %s %(a)s {0}"
SCRIPT = "<script>alert(1)</script>"


def a_good_one() -> tuple[bytes, bytes]:
    """A fresh discharge and what its answer must hold."""
    control_id = f"GOOD{next(_ids)}"
    return an_adt(control_id=control_id, visit=control_id), f"MSA|AA|{control_id}".encode()


async def goes_through(ward: Ward, line=None) -> None:
    message, accepted = a_good_one()
    answer = await (line.send(message) if line else ward.send(message))
    assert accepted in answer


BOMBS = {
    "20k components": "PID|1||" + "^" * 20_000,
    "20k subcomponents": "PID|1||" + "&" * 20_000,
    "20k repetitions": "PID|1||" + "~" * 20_000,
    "200k fields": "PID" + "|" * 200_000,
    "10k segments": "\r".join(["NTE|1"] * 10_000),
    "20k escapes": "PID|1||" + "\\T\\" * 20_000,
}

GARBAGE = {
    "noise": b"\x00\xff\xfe\x80garbage",
    "empty": b"",
    "web request": b"GET / HTTP/1.1\r\nHost: example.net\r\n\r\n",
    "no header": b"PID|1||9995000245^^^NHS^NH",
    "header only": b"MSH",
    "no separators": b"MSH\r",
    "letters as separators": b"MSHAbcdeA",
    "one separator for all": b"MSH|||||",
    "nothing but separators": b"MSH|^~\\&" + b"|" * 100,
    "json": b'{"resourceType": "Bundle"}',
    "control characters": bytes(range(1, 11)) * 20,
    "two bytes a letter": an_adt().decode().encode("utf-16"),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_in_a_frame_is_refused_and_kept(ward: Ward, garbage: bytes):
    line = await ward.line()

    answer = await line.send(garbage)

    assert b"MSA|AR|" in answer or b"MSA|AE|" in answer
    assert [row["body"] for row in await ward.stored()] == [garbage]
    await goes_through(ward, line)


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
async def test_a_bomb_is_refused_before_it_holds_anybody_up(ward: Ward, bomb: str):
    line, other = await ward.line(), await ward.line()
    message = an_adt("A03", bomb, control_id="BOMB")

    started = time.thread_time()
    answer = await line.send(message)

    assert b"MSA|AR|BOMB|" in answer
    assert b"^104&Value too long&HL70357" in answer
    assert time.thread_time() - started < 0.2
    await goes_through(ward, other)
    await goes_through(ward, line)


async def test_a_message_of_two_megabytes_is_refused_and_the_line_goes_on(ward: Ward):
    line = await ward.line()

    answer = await line.send(an_adt("A03", "NTE|1||" + "x" * 2_000_000, control_id="HUGE"))

    assert b"MSA|AR|HUGE|" in answer
    assert await ward.stored() == []
    await goes_through(ward, line)


async def test_a_long_message_below_the_limit_is_taken(ward: Ward):
    answer = await ward.send(an_adt("A03", "NTE|1||" + "x" * 900_000))

    assert b"MSA|AA|M1001" in answer


async def test_bytes_between_frames_are_ignored(ward: Ward):
    line = await ward.line()
    message, accepted = a_good_one()

    line.write(b"\r\n\x00 hello \x1c\r" + frame(message) + b"\x1c\r\x1c garbage")

    assert accepted in await line.answer()
    await goes_through(ward, line)


async def test_a_frame_without_its_last_return_is_answered(ward: Ward):
    line = await ward.line()
    message, accepted = a_good_one()

    line.write(b"\x0b" + message.rstrip(b"\r") + b"\x1c")

    assert accepted in await line.answer()


async def test_two_messages_in_one_chunk_get_two_answers_in_order(ward: Ward):
    line = await ward.line()
    (first, first_accepted), (second, second_accepted) = a_good_one(), a_good_one()

    line.write(frame(first) + frame(second))

    assert first_accepted in await line.answer()
    assert second_accepted in await line.answer()


async def test_a_frame_that_breaks_off_leaves_no_trace_and_the_next_is_answered(ward: Ward):
    line = await ward.line()
    message, accepted = a_good_one()

    line.write(b"\x0b" + an_adt(control_id="HALF")[:90] + frame(message))

    assert accepted in await line.answer()
    assert [row["control_id"] for row in await ward.stored()] == [accepted.decode()[7:]]


async def test_a_sender_that_hangs_up_in_the_middle_harms_nobody(ward: Ward):
    line = await ward.line()
    line.write(b"\x0b" + an_adt()[:100])
    line.close()

    await goes_through(ward)
    assert len(await ward.stored()) == 1


async def test_a_sender_that_does_not_wait_for_its_answer_is_heard_all_the_same(ward: Ward):
    line = await ward.line()
    line.write(frame(an_adt(control_id="IMPATIENT")))
    await line.writer.drain()
    line.close()

    await goes_through(ward)
    assert "IMPATIENT" in {row["control_id"] for row in await ward.stored()}


async def test_a_message_byte_by_byte_is_one_message(ward: Ward):
    line = await ward.line()
    message, accepted = a_good_one()

    for byte in frame(message):
        line.write(bytes([byte]))
        await asyncio.sleep(0)

    assert accepted in await line.answer()


@pytest.mark.parametrize(
    ("coding", "charset"),
    [("cp1252", ""), ("cp1252", "UNICODE UTF-8"), ("utf-8", "8859/1"), ("utf-8", "NONSENSE")],
)
async def test_a_wrong_character_set_loses_no_discharge(ward: Ward, coding: str, charset: str):
    answer = await ward.send(an_adt(name="O'NEILL^ZOË", coding=coding, charset=charset))

    assert b"MSA|AA|M1001" in answer
    (described,) = await ward.said("patient.described")
    assert described.event.name.family == "O'NEILL"


@pytest.mark.parametrize("text", [INJECTION, TEMPLATE, SCRIPT], ids=["sql", "template", "script"])
async def test_what_stands_in_a_field_is_text_and_nothing_else(ward: Ward, text: str):
    fields = ("name", "address", "born", "sex", "practice", "specialty", "visit", "method", "left")
    message = an_adt("A03", f"ZRA|1|{text}", f"DG1|1||{text}", **dict.fromkeys(fields, text))

    answer = await ward.send(message)

    assert b"MSA|AA|M1001" in answer
    described, discharged = await ward.said()
    assert described.event.name.family == text
    assert discharged.event.specialty == text
    assert len(await ward.spells()) == 1
    await goes_through(ward)


@pytest.mark.parametrize("text", [INJECTION, TEMPLATE, SCRIPT], ids=["sql", "template", "script"])
async def test_what_stands_in_the_header_is_text_and_nothing_else(ward: Ward, text: str):
    text = text.replace("&", "").replace("^", "")
    answer = await ward.send(an_adt(application=text, sender=text, control_id=text))

    assert f"MSA|AA|{text}".encode() in answer
    await goes_through(ward)


async def test_a_null_character_in_a_name_is_left_out(ward: Ward):
    answer = await ward.send(an_adt(name="SH\\X00\\AW\x00^PETER"))

    assert b"MSA|AA|M1001" in answer
    (described,) = await ward.said("patient.described")
    assert described.event.name.family == "SHAW"


BAD_JSON = {
    "nothing": b"",
    "half": b'{"resourceType": "Bundle"',
    "deep": b"[" * 100_000,
    "deep objects": b'{"entry":' * 50_000,
    "huge integer": b'{"resourceType":"Bundle","total":' + b"9" * 5_000 + b"}",
    "not text": b"\xff\xfe\xfd",
    "half a character": b'{"resourceType":"\\ud800"}',
    "xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><Bundle>&b;</Bundle>',
    "a list": b"[]",
    "a number": b"7",
    "many nothings": b'{"resourceType":"Bundle","type":"message","entry":['
    + b",".join([b"{}"] * 200_000)
    + b"]}",
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
async def test_json_that_makes_no_sense_is_refused_quickly_and_kept(ward: Ward, body: bytes):
    started = time.thread_time()
    response = await ward.post_fhir(body)

    assert response.status_code in {400, 413, 422}
    assert response.json()["resourceType"] == "OperationOutcome"
    assert time.thread_time() - started < 0.5
    assert [row["body"] for row in await ward.stored()] == [body]
    assert (await ward.post_fhir(a_notification())).status_code == 200


async def test_a_body_over_the_limit_is_refused_in_the_language_of_the_door(ward: Ward):
    too_large = b'{"a":"' + b"x" * 2_000_000 + b'"}'

    fhir, hl7 = await ward.post_fhir(too_large), await ward.post_hl7(too_large)

    assert (fhir.status_code, hl7.status_code) == (413, 413)
    assert fhir.json()["resourceType"] == "OperationOutcome"
    assert await ward.stored() == []
    assert (await ward.post_fhir(a_notification())).status_code == 200


async def test_resources_and_codes_that_nobody_knows_lose_no_discharge(ward: Ward):
    more = [{"resourceType": "Starship", "captain": SCRIPT}]
    response = await ward.post_fhir(
        a_notification(method="99", destination=SCRIPT.replace(" ", ""), number="", more=more)
    )

    assert response.json()["entry"][0]["resource"]["response"]["code"] == "ok"
    (discharged,) = await ward.said("spell.discharged")
    assert discharged.event.discharge_method == "99"


@pytest.mark.parametrize("text", [INJECTION, TEMPLATE, SCRIPT, "\u0000", "\u202e"])
async def test_text_in_fhir_is_text_and_nothing_else(ward: Ward, text: str):
    name = [{"family": text, "given": [text]}]
    body = json.dumps(a_notification(visit=text, patient={"name": name})).encode()

    response = await ward.post_fhir(body)

    assert response.json()["entry"][0]["resource"]["response"]["code"] == "ok"
    (described,) = await ward.said("patient.described")
    assert described.event.name.family == text.replace("\u0000", "").replace("\u202e", "")


async def test_without_an_nhs_number_a_discharge_is_known_by_the_local_one(ward: Ward):
    answer = await ward.send(an_adt(numbers="L55^^^ZTA^MR", verified=""))

    assert b"MSA|AA|M1001" in answer
    described, discharged = await ward.said()
    assert described.event.nhs_number is None
    assert described.event.nhs_number_verification == "03"
    assert "nhs-number-missing:PID-3" in discharged.event.flags


async def test_even_without_any_number_a_discharge_is_not_lost(ward: Ward):
    answer = await ward.send(an_adt(numbers=""))

    assert b"MSA|AA|M1001" in answer
    assert len(await ward.said("spell.discharged")) == 1


async def test_the_event_loop_stays_free_while_the_largest_messages_are_read(ward: Ward):
    longest = 0.0

    async def feel() -> None:
        # Processor time of this thread alone: other work on the machine does not count.
        nonlocal longest
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - before)

    body = as_json(a_notification(more=[{"resourceType": "Binary", "data": "x" * 900_000}]))
    long = an_adt("A03", "NTE|1||" + "x~y^z " * 1900, *["OBX|1|TX|||" + "x" * 900] * 900)
    feeling = asyncio.create_task(feel())
    await ward.post_fhir(body)
    await ward.send(long)
    feeling.cancel()

    assert longest < 0.05
