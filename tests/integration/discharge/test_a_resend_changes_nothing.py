import asyncio

import pytest

from tests.integration.discharge.conftest import Ward
from tests.support.hospital import a_notification, an_adt


async def test_the_same_message_again_is_answered_as_before(ward: Ward):
    first = await ward.send(an_adt())
    said = await ward.types()
    second = await ward.send(an_adt())

    assert first == second
    assert await ward.types() == said
    assert len(await ward.stored()) == 1


async def test_the_same_bundle_again_is_answered_as_before(ward: Ward):
    first = await ward.post_fhir(a_notification())
    said = await ward.types()
    second = await ward.post_fhir(a_notification())

    assert first.content == second.content
    assert await ward.types() == said
    assert len(await ward.stored()) == 1


async def test_many_resends_at_once_do_one_thing(ward: Ward):
    lines = await asyncio.gather(*(ward.line() for _ in range(20)))
    answers = await asyncio.gather(*(line.send(an_adt()) for line in lines))

    assert len(set(answers)) == 1
    assert b"MSA|AA|M1001" in answers[0]
    assert await ward.types() == ["patient.described", "spell.discharged"]
    assert len(await ward.stored()) == 1


async def test_another_message_with_a_taken_control_id_is_kept_for_review(ward: Ward):
    await ward.send(an_adt())
    other = an_adt(numbers="9995000105^^^NHS^NH")
    answer, again = await ward.send(other), await ward.send(other)

    assert b"MSA|AE|M1001" in answer
    assert b"^205&Duplicate key identifier&HL70357" in answer
    assert answer == again
    assert len(await ward.said("spell.discharged")) == 1
    _, kept = await ward.stored()
    assert kept["clash"]
    assert kept["body"] == other
    metrics = (await ward.http.get("/metrics")).text
    assert "baton_intake_control_id_clashes_total" in metrics


async def test_another_bundle_with_a_taken_id_is_kept_for_review(ward: Ward):
    await ward.post_fhir(a_notification())
    response = await ward.post_fhir(a_notification(visit="SP-2"))

    assert response.status_code == 409
    header, outcome = (entry["resource"] for entry in response.json()["entry"])
    assert header["response"]["code"] == "fatal-error"
    assert outcome["issue"][0]["code"] == "duplicate"
    assert len(await ward.said("spell.discharged")) == 1


async def test_a_message_that_was_sent_back_may_be_mended_and_sent_again(ward: Ward):
    broken = await ward.send(an_adt().replace(b"\rPID|", b"\rNTE|"))
    mended = await ward.send(an_adt())

    assert b"MSA|AE|M1001" in broken
    assert b"MSA|AA|M1001" in mended
    assert len(await ward.said("spell.discharged")) == 1


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"type": "ADT^A24"}, b"MSA|AR|M1001|"),
        ({"type": "ORU^R01"}, b"MSA|AR|M1001|"),
        ({"version": "2.7"}, b"MSA|AR|M1001|"),
        ({"processing": "Q"}, b"MSA|AR|M1001|"),
        ({"control_id": ""}, b"MSA|AE||"),
    ],
)
async def test_what_is_refused_is_kept_and_refused_alike_the_next_time(
    ward: Ward, given: dict[str, str], answer: bytes
):
    message = an_adt(**given)

    first, second = await ward.send(message), await ward.send(message)

    assert answer in first
    assert first == second
    (kept,) = await ward.stored()
    assert kept["body"] == message
    assert await ward.types() == []


async def test_a_refused_bundle_is_kept_and_refused_alike_the_next_time(ward: Ward):
    birth = a_notification("notification-birth")

    first, second = await ward.post_fhir(birth), await ward.post_fhir(birth)

    assert first.content == second.content
    assert first.status_code == second.status_code == 422
    assert first.json()["entry"][0]["resource"]["response"]["code"] == "fatal-error"
    assert len(await ward.stored()) == 1


async def test_the_same_control_id_of_two_systems_is_two_messages(ward: Ward):
    await ward.send(an_adt(application="PAS"))
    answer = await ward.send(an_adt(application="ED", visit="SP-2"))

    assert b"MSA|AA|M1001" in answer
    assert len(await ward.said("spell.discharged")) == 2
