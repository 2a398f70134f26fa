"""Transfer of Care documents over HTTP, into real PostgreSQL."""

import asyncio
import re
from itertools import permutations
from time import perf_counter

import pytest

from schemas.document import DocumentReceived
from schemas.patient_key import patient_key
from tests.integration.discharge.conftest import NEIGHBOUR, OPERATOR, SECRET, TEAM, Ward, bearer
from tests.support.documents import REFERENCE, SAMPLE, a_document, changed

XML = {"Content-Type": "application/fhir+xml"}
EDNA = patient_key(SECRET.encode(), "nhs", "9995000105")


async def post(ward: Ward, body: bytes, **headers: str) -> "tuple[int, str, str]":
    """Status, response code and where to ask."""
    answer = await ward.http.post("/itk3", content=body, headers=XML | headers)
    found = re.search(r'ITK-Acknowledgement-1"/><code value="([0-9]+)"', answer.text)
    return answer.status_code, found[1] if found else "", answer.headers.get("Location", "")


async def documents(ward: Ward) -> dict[str, tuple[str, int]]:
    rows = await ward.database.pool.fetch("SELECT reference, state, said FROM documents")
    return {row["reference"]: (row["state"], row["said"]) for row in rows}


async def test_a_summary_discharges_and_is_said_with_its_text(ward: Ward) -> None:
    status, code, _ = await post(ward, SAMPLE.read_bytes())

    assert (status, code) == (200, "20013")
    assert await ward.types() == ["patient.described", "spell.discharged", "document.received"]
    said = (await ward.said("document.received"))[0]
    event = said.event
    assert isinstance(event, DocumentReceived)
    assert event.patient_key == EDNA
    assert event.spell_id == (await ward.spells())[0]["spell_id"]
    assert (event.sender, event.recipient, event.for_action) == ("ZTA", "Z90001", True)
    assert event.attachments == 1
    plan = next(section for section in event.sections if section.code == "887201000000105")
    assert plan.text.startswith("GP to repeat U&E in 1 week.")
    assert (said.stream, said.sequence) == (f"document:{event.document_id}", 1)


async def test_an_a03_and_a_summary_are_one_discharge(ward: Ward) -> None:
    a03 = (SAMPLE.parent / "frail-78-a03.hl7").read_bytes()
    await ward.send(a03.replace(b"SP-88013", b"SP-88013"))

    await post(ward, SAMPLE.read_bytes())

    types = await ward.types()
    assert types.count("spell.discharged") == 1
    event = (await ward.said("document.received"))[0].event
    assert isinstance(event, DocumentReceived)
    assert event.spell_id == (await ward.spells())[0]["spell_id"]
    assert len(await ward.spells()) == 1


async def test_the_sender_gets_a_response_message_that_names_his(ward: Ward) -> None:
    answer = await ward.http.post("/itk3", content=SAMPLE.read_bytes(), headers=XML)

    assert answer.headers["content-type"] == "application/fhir+xml"
    assert 'SenderReference"><valueString value="FELLSIDE/2026/88013/1"/>' in answer.text
    assert (
        '<identifier value="7d0f3a11-2b64-4c2f-8f0e-1f5a6b7c8d01"/><code value="ok"/>'
        in answer.text
    )
    assert (
        '<event><system value="https://fhir.nhs.uk/STU3/CodeSystem/ITK-MessageEvent-2"/><code value="ITK008M"/>'
        in answer.text
    )
    for private in ("Hartley", "9995000105", "U&amp;E", "SP-88013"):
        assert private not in answer.text


async def test_a_resend_is_answered_as_before_and_does_nothing(ward: Ward) -> None:
    first = await ward.http.post("/itk3", content=SAMPLE.read_bytes(), headers=XML)
    again = await ward.http.post("/itk3", content=SAMPLE.read_bytes(), headers=XML)

    assert (again.status_code, again.content) == (200, first.content)
    assert len(await ward.stored()) == 1
    assert len(await ward.said()) == 3


async def test_another_message_with_the_same_id_is_a_duplicate_message(ward: Ward) -> None:
    await post(ward, SAMPLE.read_bytes())

    other = await post(ward, changed(SAMPLE.read_bytes(), "Trimethoprim: rash.", "None known."))

    assert other[:2] == (409, "20007")
    assert [row["clash"] for row in await ward.stored()] == [False, True]


async def test_the_same_document_in_another_message_is_a_duplicate_document(ward: Ward) -> None:
    await post(ward, a_document("D1"))

    again = await post(ward, a_document("D1", plan="Something else"))

    assert again[:2] == (409, "20008")
    assert len(await ward.said("document.received")) == 1
    assert await documents(ward) == {"D1": ("current", 1)}


async def test_a_replacement_names_what_it_replaces(ward: Ward) -> None:
    await post(ward, a_document("D1"))
    await post(ward, a_document("D2", replaces="D1", authored="2026-09-08T16:00:00+01:00"))

    first, second = [said.event for said in await ward.said("document.received")]
    assert isinstance(first, DocumentReceived)
    assert isinstance(second, DocumentReceived)
    assert second.replaces == first.document_id
    assert await documents(ward) == {"D1": ("replaced", 1), "D2": ("current", 1)}


async def test_an_original_after_its_replacement_is_archived_in_silence(ward: Ward) -> None:
    await post(ward, a_document("D2", replaces="D1", authored="2026-09-08T16:00:00+01:00"))
    late = await post(ward, a_document("D1"))

    assert late[:2] == (200, "20013")
    assert len(await ward.said("document.received")) == 1
    assert await documents(ward) == {"D1": ("replaced", 0), "D2": ("current", 1)}


async def test_documents_that_arrive_together_end_as_one_after_another(ward: Ward) -> None:
    chain = [
        a_document("D1"),
        a_document("D2", replaces="D1", authored="2026-09-08T16:00:00+01:00"),
        a_document("D3", replaces="D2", authored="2026-09-08T17:00:00+01:00"),
    ]
    for number, order in enumerate(permutations(chain)):
        bodies = [re.sub(rb'value="D([1-3])"', rb'value="%d-D\1"' % number, body) for body in order]
        bodies = [body.replace(b'<id value="', b'<id value="%d' % number) for body in bodies]
        await asyncio.gather(*(post(ward, body) for body in bodies))

    states = await documents(ward)
    assert {reference[-2:] for reference, (state, _) in states.items() if state == "current"} == {
        "D3"
    }
    assert len(states) == 18


async def test_a_copy_for_information_is_said_but_discharges_nobody(ward: Ward) -> None:
    await post(ward, a_document(recipient_type="FI"))

    assert "spell.discharged" not in await ward.types()
    event = (await ward.said("document.received"))[0].event
    assert isinstance(event, DocumentReceived)
    assert not event.for_action


async def test_an_unknown_practice_is_not_refused(ward: Ward) -> None:
    body = changed(SAMPLE.read_bytes(), 'value="Z90001"', 'value="V81999"')

    assert (await post(ward, body))[:2] == (200, "20013")
    assert (await ward.said("document.received"))[0].event.recipient == "V81999"


async def test_the_business_answer_waits_to_be_fetched(ward: Ward) -> None:
    _, _, location = await post(ward, SAMPLE.read_bytes())
    where = location.replace("/intake/", "/itk3/") + "/acknowledgements"

    mine = await ward.http.get(where)
    theirs = await ward.show(where, NEIGHBOUR)

    codes = re.findall(r'ITK-Acknowledgement-1"/><code value="([0-9]+)"', mine.text)
    assert codes == ["20013", "30001"]
    assert theirs.status_code == 404
    assert (await ward.show(where, OPERATOR)).content == mine.content
    assert (await ward.show(where, TEAM)).status_code == 403


async def test_a_refused_message_has_no_business_answer(ward: Ward) -> None:
    body = changed(SAMPLE.read_bytes(), '<type value="document"/>', '<type value="collection"/>')
    status, code, location = await post(ward, body)
    where = location.replace("/intake/", "/itk3/") + "/acknowledgements"

    assert (status, code) == (422, "20009")
    text = (await ward.http.get(where)).text
    assert re.findall(r'ITK-Acknowledgement-1"/><code value="([0-9]+)"', text) == ["20009"]


async def test_who_wants_no_answer_gets_none(ward: Ward) -> None:
    body = changed(
        SAMPLE.read_bytes(),
        '"InfAckRequested"><valueBoolean value="true"/>',
        '"InfAckRequested"><valueBoolean value="false"/>',
    )

    answer = await ward.http.post("/itk3", content=body, headers=XML)

    assert (answer.status_code, answer.content) == (202, b"")


BAD = {
    "a doctype": (b'<!DOCTYPE a [<!ENTITY b "c">]><Bundle>&b;</Bundle>', 400, "10009"),
    "half a message": (SAMPLE.read_bytes()[:5000], 400, "10009"),
    "another namespace": (
        SAMPLE.read_bytes().replace(b"http://hl7.org/fhir", b"http://hl7.org/v3"),
        400,
        "10009",
    ),
    "no handling": (
        SAMPLE.read_bytes().replace(b"Extension-ITK-MessageHandling-2", b"Extension-Other"),
        422,
        "10001",
    ),
    "six megabytes": (SAMPLE.read_bytes() + b" " * 6_000_000, 413, "20015"),
    "nine megabytes": (b" " * 9_000_000, 413, ""),
}


@pytest.mark.parametrize(("body", "status", "code"), BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_read_is_answered_and_kept(
    ward: Ward, body: bytes, status: int, code: str
) -> None:
    assert (await post(ward, body))[:2] == (status, code)
    assert await ward.said() == []
    assert len(await ward.stored()) == (1 if code else 0)


async def test_only_hospitals_may_send_and_only_xml(ward: Ward) -> None:
    by_team = await post(ward, SAMPLE.read_bytes(), **bearer(TEAM))
    as_json = await post(ward, SAMPLE.read_bytes(), **{"Content-Type": "application/json"})

    assert (by_team[0], as_json[0]) == (403, 415)
    assert await ward.stored() == []


async def test_the_largest_message_does_not_hold_up_the_others(ward: Ward) -> None:
    body = SAMPLE.read_bytes()
    full = body.replace(b'<content value="', b'<content value="' + b"A" * 4_900_000)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, perf_counter() - before)

    watching = asyncio.create_task(watch())
    status, _, _ = await post(ward, full)
    watching.cancel()

    assert status == 200
    assert longest < 0.5


async def test_nothing_of_a_document_is_written_to_the_log(
    ward: Ward, capsys: pytest.CaptureFixture[str]
) -> None:
    await post(ward, SAMPLE.read_bytes())
    await post(ward, a_document(REFERENCE, plan="Another text"))
    await post(ward, SAMPLE.read_bytes()[:9000])

    logged = "".join(capsys.readouterr())
    for private in ("Hartley", "9995000105", "U&E", REFERENCE):
        assert private not in logged
