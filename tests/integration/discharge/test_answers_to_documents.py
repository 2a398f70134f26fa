"""What receivers of documents answer reaches the stay that the document was about."""

from datetime import UTC, datetime

import pytest

from schemas.document import DocumentAnswered
from tests.integration.discharge.conftest import Ward
from tests.integration.discharge.test_documents import EDNA, XML, post
from tests.support.documents import SAMPLE, an_answer, changed


async def answered(ward: Ward) -> list[DocumentAnswered]:
    return [
        said.event
        for said in await ward.said("document.answered")
        if isinstance(said.event, DocumentAnswered)
    ]


async def test_a_practice_that_received_the_summary_is_heard(ward: Ward) -> None:
    await post(ward, SAMPLE.read_bytes())

    reply = await ward.http.post("/itk3", content=an_answer("20013"), headers=XML)

    assert (reply.status_code, reply.text) == (202, "")
    [event] = await answered(ward)
    assert event.patient_key == EDNA
    assert event.spell_id == (await ward.spells())[0]["spell_id"]
    assert (event.answer, event.answered_by) == ("20013", "Z90001")
    assert event.answered_at == datetime(2026, 9, 8, 14, 5, tzinfo=UTC)


async def test_the_same_answer_sent_twice_is_said_once(ward: Ward) -> None:
    await post(ward, SAMPLE.read_bytes())
    body = an_answer("30001")

    for _ in range(2):
        await ward.http.post("/itk3", content=body, headers=XML)

    assert [event.answer for event in await answered(ward)] == ["30001"]


async def test_received_and_known_are_two_answers(ward: Ward) -> None:
    await post(ward, SAMPLE.read_bytes())

    for code in ("20013", "30002"):
        await ward.http.post("/itk3", content=an_answer(code), headers=XML)

    assert [event.answer for event in await answered(ward)] == ["20013", "30002"]


async def test_an_answer_to_a_message_that_nobody_knows_is_refused_so_that_it_comes_again(
    ward: Ward,
) -> None:
    status, code, _ = await post(ward, an_answer("20013"))

    assert (status, code) == (422, "20009")
    assert await answered(ward) == []
    assert await ward.database.pool.fetchval("SELECT count(*) FROM source_messages") == 1


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('<code value="20013"/>', '<code value="well"/>', "20009"),
        ('<identifier value="7d0f3a11-2b64-4c2f-8f0e-1f5a6b7c8d01"/>', "", "20006"),
        ('<value value="Z90001"/>', '<value value="?"/>', "20006"),
    ],
    ids=["no code", "no message", "nobody"],
)
async def test_an_answer_that_says_too_little_is_told_what_is_missing(
    ward: Ward, old: str, new: str, code: str
) -> None:
    await post(ward, SAMPLE.read_bytes())

    status, told, _ = await post(ward, changed(an_answer("20013"), old, new))

    assert (status, told) == (422, code)
