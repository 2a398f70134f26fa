"""Whatever a message is made of, it is answered, and nobody else waits noticeably while it is read."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from services.discharge.inbound.hl7.framing import frame
from tests.integration.discharge.conftest import Ward
from tests.support.hospital import a_notification, an_adt, as_json
from tests.support.loop_lag import LoopLag

AT_MOST = 0.010
"""Seconds that one message may hold up the loop."""
AT_MOST_FOR_THE_LARGEST = 0.050

ALPHABETS = [
    "O'NEILL^ZOË",
    "ŁUKASZ^ŻÓŁĆ",
    "ПЕТРОВ^ИВАН",
    "ΠΑΠΠΑΣ^ΝΙΚΟΣ",
    "王^小明",
    "محمد^علي",
    "कुमार^राज",
]

REFUSED = {
    "20k components": an_adt("A03", "PID|1||" + "^" * 20_000),
    "10k segments": an_adt("A03", *["NTE|1"] * 10_000),
    "30k escapes": an_adt(name="\\T\\" * 15_000),
    "20k repetitions": an_adt(numbers="~" * 20_000),
    "one character for everything": an_adt().replace(b"|^~\\&|", b"|||||", 1),
    "letters between fields": an_adt().replace(b"|", b"x"),
    "a header without an end": b"MSH|^~\\&|" + b"A" * 250_000,
    "nothing but ends": b"\r" * 250_000,
}
TAKEN = {
    "40 numbers": an_adt(numbers="~".join(f"L{n}^^^ZTA^MR" for n in range(40))),
    "1,990 names": an_adt(name="~".join(["SHAW^PETER"] * 1_990)),
    "400 segments nobody knows": an_adt("A03", *[f"Z{n % 90:02}|{n}|^~&" for n in range(400)]),
    "a name without end": an_adt(name="x" * 250_000),
    "control characters": an_adt(name="\x01" * 200_000),
    "other separators": an_adt().translate(bytes.maketrans(b"|^~\\&", b"$%*/@")),
    "990 observations": an_adt("A03", *["OBX|1|TX|||" + "x" * 200] * 990),
}
BAD_BUNDLES = {
    "100k deep": b"[" * 100_000,
    "50k objects deep": b'{"entry":' * 50_000,
    "a number of 100k digits": b'{"resourceType":"Bundle","total":' + b"9" * 100_000 + b"}",
    "80k objects": b"[" + b"{}," * 80_000 + b"{}]",
    "60k wrong identifiers": as_json(a_notification(patient={"identifier": [7] * 60_000})),
    "3,000 names": as_json(a_notification(patient={"name": [{"family": "A"}] * 3_000})),
}
LARGEST = {
    "1,000 segments": an_adt("A03", *["OBX|1|TX|||" + "x" * 1_000] * 990),
    "one text": an_adt("A03", "NTE|1||" + "é" * 500_000),
    "undeclared characters": an_adt(
        "A03", "NTE|1||" + "é" * 1_000_000, coding="cp1252", charset=""
    ),
}


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """As the service does at its start: what the test run itself holds is no garbage of a message."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


async def feel(ward: Ward, message: bytes) -> tuple[bytes, float]:
    line = await ward.line()
    async with LoopLag() as lag:
        line.write(frame(message))
        answer = await line.answer()
    return answer, lag.longest


@pytest.mark.parametrize("bomb", REFUSED.values(), ids=REFUSED.keys())
async def test_a_bomb_is_refused_at_once(ward: Ward, bomb: bytes) -> None:
    await ward.send(an_adt(control_id="WARM", visit="SP-W"))

    answer, held_up = await feel(ward, bomb)

    assert b"MSA|AR|" in answer or b"MSA|AE|" in answer
    assert held_up < AT_MOST


@pytest.mark.parametrize("message", TAKEN.values(), ids=TAKEN.keys())
async def test_a_strange_message_is_taken_and_holds_up_nobody(ward: Ward, message: bytes) -> None:
    await ward.send(an_adt(control_id="WARM", visit="SP-W"))

    answer, held_up = await feel(ward, message)

    assert b"AA" in answer.split(b"MSA")[1][:4]
    assert held_up < AT_MOST


@pytest.mark.parametrize("message", LARGEST.values(), ids=LARGEST.keys())
async def test_the_largest_message_is_taken_and_holds_up_nobody_for_long(
    ward: Ward, message: bytes
) -> None:
    answer, held_up = await feel(ward, message)

    assert b"MSA|AA|" in answer
    assert held_up < AT_MOST_FOR_THE_LARGEST


@pytest.mark.parametrize("body", BAD_BUNDLES.values(), ids=BAD_BUNDLES.keys())
async def test_a_bundle_that_is_a_bomb_is_refused_at_once(ward: Ward, body: bytes) -> None:
    await ward.post_fhir(a_notification())

    async with LoopLag() as lag:
        response = await ward.post_fhir(body)

    assert 400 <= response.status_code < 500
    assert response.json()["resourceType"] in {"OperationOutcome", "Bundle"}
    assert lag.longest < AT_MOST


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "'
        + b"c" * 10_000
        + b'">]><Bundle>'
        + b"&b;" * 5_000
        + b"</Bundle>",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Bundle/>',
        b"<a>" * 50_000,
        b"<Bundle " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/>",
    ],
    ids=["entities", "a file", "50k deep", "20k attributes"],
)
async def test_xml_that_is_a_bomb_is_refused_at_once(ward: Ward, body: bytes) -> None:
    async with LoopLag() as lag:
        headers = {"Content-Type": "application/fhir+xml"}
        response = await ward.http.post("/itk3", content=body, headers=headers)

    assert 400 <= response.status_code < 500
    assert lag.longest < AT_MOST_FOR_THE_LARGEST


@pytest.mark.parametrize("name", ALPHABETS)
async def test_a_name_in_any_alphabet_goes_through_whole(ward: Ward, name: str) -> None:
    answer = await ward.send(an_adt(name=name))

    assert b"MSA|AA|M1001" in answer
    described: list[Any] = [said.event for said in await ward.said("patient.described")]
    family, given = name.split("^")
    assert described[-1].name.family == family
    assert described[-1].name.given == given
