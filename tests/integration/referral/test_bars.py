"""Referrals and bookings as FHIR messages: acted on once, and answered with how they stand."""

import json
from uuid import uuid4

import pytest

from schemas.handover import HandoverOpened
from schemas.referral import AppointmentChanged, ReferralChanged
from tests.integration.referral.bars_door import (
    DOOR,
    PODIATRY,
    in_days,
    issue,
    refer,
    request_of,
    send,
)
from tests.integration.referral.conftest import ELM_TREE, key_of
from tests.support.bars import (
    LETTER,
    NHS_NUMBER,
    a_booking,
    a_referral,
    changed,
    headers,
    part,
    with_document,
)


async def test_a_referral_comes_in_and_is_answered_with_how_it_stands(house):
    bundle = a_referral()

    answer = await send(house, bundle)

    assert answer.status_code == 200, answer.text
    header, request = (entry["resource"] for entry in answer.json()["entry"])
    assert header["eventCoding"]["code"] == "servicerequest-response"
    assert header["response"] == {"identifier": bundle["id"], "code": "ok"}
    assert (request["status"], request["requisition"]) == ("active", {"value": "REQ-815"})
    [opened] = await house.said(HandoverOpened)
    assert opened.patient_key == key_of(NHS_NUMBER)
    assert [offer.team for offer in opened.offers] == [PODIATRY]
    assert {task.owner_team for task in opened.tasks} == {ELM_TREE}
    row = await house.pool.fetchrow("SELECT family, nhs_number_verified FROM people")
    assert tuple(row) == ("Marsden", True)


async def test_the_answer_is_fhir(house):
    from fhir.resources.R4B.bundle import Bundle

    answer = await send(house, a_referral())

    assert Bundle.model_validate(answer.json()).type == "message"


async def test_the_letter_arrives_whole(house):
    answer = await send(house, with_document(a_referral()))
    assert answer.status_code == 200, answer.text
    referral_id = await house.pool.fetchval("SELECT referral_id FROM referrals")

    async with house.client(PODIATRY) as podiatry:
        shown = (await podiatry.get(f"/referrals/{referral_id}")).json()
        [attached] = shown["attachments"]
        path = f"/referrals/{referral_id}/attachments/{attached['attachment_id']}"
        content = await podiatry.get(path)

    assert shown["letter"][0]["heading"] == "Reason for referral"
    assert shown["letter"][0]["text"].startswith("Lupus.")
    assert (content.content, attached["title"]) == (LETTER, "Referral letter")
    assert content.headers["content-disposition"] == "attachment"


async def test_a_resend_is_a_duplicate_which_is_success(house):
    bundle, same = a_referral(), headers()
    async with house.client("hospital") as system:
        first = await system.post(DOOR, content=json.dumps(bundle).encode(), headers=same)
        again = await system.post(DOOR, content=json.dumps(bundle).encode(), headers=same)

    assert first.status_code == 200
    assert issue(again) == (409, "REC_CONFLICT", "duplicate")
    assert len(await house.said(HandoverOpened)) == 1


async def test_the_same_referral_in_another_message_is_a_duplicate(house):
    bundle, _ = await refer(house)

    again = await send(house, changed(bundle, message_id=str(uuid4())))

    assert issue(again) == (409, "REC_CONFLICT", "duplicate")


async def test_another_message_under_the_same_id_is_a_conflict(house):
    bundle, _ = await refer(house)

    other = await send(house, changed(bundle, request_id=str(uuid4())))

    assert issue(other) == (409, "REC_CONFLICT", "conflict")


async def test_the_referrer_takes_it_back_once(house):
    bundle, _ = await refer(house)
    revoke = {"message_id": str(uuid4()), "reason": "update", "request": {"status": "revoked"}}

    cancelled = await send(house, changed(bundle, **revoke))
    again = await send(house, changed(bundle, **revoke | {"message_id": str(uuid4())}))

    assert cancelled.status_code == 200, cancelled.text
    assert cancelled.json()["entry"][1]["resource"]["status"] == "revoked"
    assert issue(again) == (409, "REC_CONFLICT", "conflict")
    assert (await house.said(ReferralChanged))[-1].state == "cancelled"


async def test_only_the_referrer_changes_a_referral(house):
    bundle, _ = await refer(house)

    other = changed(bundle, message_id=str(uuid4()), reason="update", sender="Z90002")
    answer = await send(house, changed(other, request={"id": await request_of(house)}))

    assert issue(answer) == (403, "REC_FORBIDDEN", "forbidden")


async def test_an_update_brings_another_letter_and_leaves_the_clock(house):
    bundle, referral_id = await refer(house)
    update = changed(bundle, message_id=str(uuid4()), reason="update")
    part(update, "CarePlan")["description"] = "Ulcer since yesterday"

    answer = await send(house, update)

    assert answer.status_code == 200, answer.text
    async with house.client(PODIATRY) as podiatry:
        shown = (await podiatry.get(f"/referrals/{referral_id}")).json()
    assert shown["letter"][0]["text"] == "Ulcer since yesterday"
    first, second = await house.said(ReferralChanged)
    assert (second.state, second.reason) == ("received", "updated")
    assert first.clock_started_at == second.clock_started_at


@pytest.mark.parametrize(
    ("request_", "state", "reason"),
    [
        ({"status": "active"}, "accepted", "referral-accepted"),
        (
            {
                "status": "revoked",
                "extension": [
                    {"url": "urn:why", "valueCodeableConcept": {"coding": [{"code": "22"}]}}
                ],
            },
            "rejected",
            "no-capacity",
        ),
    ],
)
async def test_the_services_own_system_answers(house, request_, state, reason):
    bundle, _ = await refer(house)
    answer = changed(
        bundle,
        message_id=str(uuid4()),
        event="servicerequest-response",
        sender="ZTA",
        request={"id": await request_of(house)} | request_,
    )

    foreign = await send(house, changed(answer, message_id=str(uuid4()), sender="ZTB"))
    taken = await send(house, answer)

    assert issue(foreign) == (403, "REC_FORBIDDEN", "forbidden")
    assert taken.status_code == 200, taken.text
    last = (await house.said(ReferralChanged))[-1]
    assert (last.state, last.reason) == (state, reason)


async def test_what_came_of_it_is_never_guessed(house):
    bundle, referral_id = await refer(house)
    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"/referrals/{referral_id}/accept")
    done = changed(
        bundle,
        message_id=str(uuid4()),
        event="servicerequest-response",
        sender="ZTA",
        request={"id": await request_of(house), "status": "completed"},
    )

    answer = await send(house, done)

    assert issue(answer) == (422, "REC_UNPROCESSABLE_ENTITY", "required")


async def test_bookings_are_made_moved_and_missed(house):
    _, referral_id = await refer(house)
    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"/referrals/{referral_id}/accept")
    name, request = "SLOT-7", await request_of(house)

    def booking(status: str, days: int, reason: str, sender: str = "ZTA"):
        return a_booking(
            request, status, in_days(days), sender=sender, appointment=name, reason=reason
        )

    booked = await send(house, booking("booked", 7, "new", sender="Z90001"))
    moved = await send(house, booking("booked", 9, "update"))
    await house.pool.execute(
        "UPDATE appointments SET starts_at = clock_timestamp() - interval '1 hour'"
    )
    by_referrer = await send(house, booking("noshow", 9, "update", sender="Z90001"))
    missed = await send(house, booking("noshow", 9, "update"))

    assert (booked.status_code, moved.status_code, missed.status_code) == (200, 200, 200)
    assert booked.json()["entry"][0]["resource"]["eventCoding"]["code"] == "booking-response"
    assert by_referrer.status_code == 403
    said = [event.status for event in await house.said(AppointmentChanged)]
    assert said == ["booked", "moved", "missed"]


async def test_nothing_is_booked_for_a_referral_that_nobody_has_accepted(house):
    await refer(house)
    booking = a_booking(
        await request_of(house),
        "booked",
        in_days(7),
        sender="Z90001",
        appointment="SLOT-7",
        reason="new",
    )

    answer = await send(house, booking)

    assert issue(answer) == (409, "REC_CONFLICT", "conflict")


async def test_a_referrer_fetches_how_its_referral_stands(house):
    _, referral_id = await refer(house)
    request = await request_of(house)
    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"/referrals/{referral_id}/reject", json={"reason": "no-capacity"})

    async with house.client("hospital") as system:
        answer = await system.get(f"/fhir/ServiceRequest/{request}/$answer")
        nothing = await system.get(f"/fhir/ServiceRequest/{uuid4()}/$answer")

    said = answer.json()["entry"][1]["resource"]
    assert said["status"] == "revoked"
    assert said["extension"][1]["valueCodeableConcept"]["coding"][0]["code"] == "22"
    assert issue(nothing) == (404, "REC_NOT_FOUND", "not-found")
