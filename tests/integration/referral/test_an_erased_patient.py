"""Somebody is erased: nothing in referral says any more who they were, and what was done stays (P15)."""

import base64

from schemas.document import DocumentSection
from schemas.patient import PersonName
from tests.integration.referral.conftest import ELM_TREE, WARD, described, discharged, key_of
from tests.integration.referral.papers import a_document
from tests.integration.referral.test_referrals import a_referral
from tests.support.canary import BORN, FAMILY, GIVEN, NUMBER, sightings
from tests.support.traces import traces

KEY = key_of(NUMBER)
TOPIC = "care.patients.v1"


def a_description(**changes):
    name = PersonName(family=FAMILY, given=GIVEN)
    return described(NUMBER, name=name, birth_date=BORN, **changes)


async def lives_through_everything(house) -> None:
    left = discharged(NUMBER)
    await house.hear(a_description(), left)
    text = DocumentSection(code="887181000000106", title="Summary", text=f"{GIVEN} {FAMILY} fell.")
    await house.hear(a_document(left.spell_id, patient_key=KEY, sections=(text,)))
    letter = base64.b64encode(f"NHS number {NUMBER}".encode()).decode()
    referral = a_referral(
        patient={"family": FAMILY, "given": GIVEN, "birth_date": BORN},
        letter=[{"heading": "Reason", "text": f"{FAMILY} has a painful foot"}],
        attachments=[{"title": f"{FAMILY}.txt", "content_type": "text/plain", "content": letter}],
    )
    headers = {"X-Patient-Identifier": NUMBER, "Idempotency-Key": "canary"}
    async with house.client(ELM_TREE, **headers) as practice:
        answer = await practice.post("/referrals", json=referral)
        assert answer.status_code == 201, answer.text
    async with house.client(WARD) as ward:
        task = (await house.task("R01"))["task_id"]
        await ward.post(f"/tasks/{task}/complete", headers={"Idempotency-Key": "canary"})
    desk = await house.visitor("staff-ward")
    await desk.post("/reception", data={"nhs_number": NUMBER})


async def erase(house) -> None:
    await house.take([house.record(TOPIC, KEY, [], None)])


async def test_nothing_says_who_they_were_and_what_was_done_stays(house):
    await lives_through_everything(house)
    found = {(table, what) for table, _, what in await traces(house.pool, sightings)}
    assert {
        ("people", "nhs number"),
        ("documents", "family name"),
        ("letters", "family name"),
    } <= found

    await erase(house)

    assert await traces(house.pool, sightings) == set()
    assert await house.pool.fetchval("SELECT count(*) FROM tasks WHERE status = 'completed'") == 1
    assert await house.pool.fetchval("SELECT count(*) FROM referrals") == 1


async def test_what_was_parked_of_them_goes_too_and_brings_nobody_back(house):
    broken = house.arrival(a_description())
    broken.body = b'{"family": "' + FAMILY.encode() + b'"'
    await house.take([broken])
    await house.take([house.arrival(a_description())])
    assert await house.parked() == ["poison", "behind"]

    await erase(house)
    async with house.client("operators") as operator:
        parked = await house.pool.fetchval(
            "SELECT parked_id FROM parked ORDER BY parked_id LIMIT 1"
        )
        answer = await operator.post(f"/operations/parked/{parked}/release")

    assert answer.status_code == 404
    assert await traces(house.pool, sightings) == set()
    assert await house.parked() == []
