"""The intake pages over HTTP: who sees what, and what a form does."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.integration.discharge.conftest import Ward
from tests.support.canary import Canary, sightings
from tests.support.hospital import an_adt

ENGINEER, OPERATOR = "integration", "operator"
BROKEN = an_adt(version="2.9")


async def last_id(ward: Ward) -> UUID:
    found: UUID = (await ward.stored())[-1]["message_id"]
    return found


async def canary_messages(ward: Ward) -> list[UUID]:
    bird = Canary(datetime.now(UTC))
    for message in (
        bird.admitted(),
        bird.goes_home(),
        bird.other_with_the_same_control_id(),
        bird.with_somebody_elses_head(),
    ):
        await ward.send(message)
    await ward.post_fhir(bird.bundle())
    return [row["message_id"] for row in await ward.stored()]


def every_page(messages: list[UUID]) -> list[str]:
    clashing = messages[2]
    return [
        "/intake",
        "/intake?show=all",
        "/intake?show=clash",
        "/data-quality",
        "/sources",
        "/identities",
        *(f"/intake/{message}" for message in messages),
        f"/intake/{clashing}/clash",
    ]


@pytest.mark.parametrize("who", [OPERATOR, ENGINEER])
async def test_no_page_names_a_patient_unasked(ward: Ward, who: str):
    visitor = await ward.visitor(who)

    for path in every_page(await canary_messages(ward)):
        page = await visitor.get(path)
        assert page.status_code == 200, path
        assert sightings(page.text) == [], path


async def test_an_operator_gets_no_further(ward: Ward):
    messages = await canary_messages(ward)
    visitor = await ward.visitor(OPERATOR)

    for verb in ("body", "resubmit", "clash", "accept", "set-aside"):
        answer = await visitor.post(f"/intake/{messages[2]}/{verb}", data={"reason": "because"})
        assert answer.status_code == 403
        assert sightings(answer.text) == []
    assert "See what it says" not in (await visitor.get(f"/intake/{messages[2]}")).text
    assert (await visitor.post("/identities", data={"patient_key": "p"})).status_code == 403
    assert len(await ward.stored()) == len(messages)


async def test_nobody_looks_without_signing_in(ward: Ward):
    visitor = await ward.visitor(OPERATOR)
    visitor.cookies.clear()

    for path in (
        "/",
        "/intake",
        f"/intake/{UUID(int=1)}",
        "/data-quality",
        "/sources",
        "/identities",
    ):
        answer = await visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")


async def test_what_a_message_says_is_shown_to_engineers_and_written_down(ward: Ward):
    messages = await canary_messages(ward)
    visitor = await ward.visitor(ENGINEER)

    page = await visitor.post(f"/intake/{messages[0]}/body")

    assert {"family name", "nhs number"} <= set(sightings(page.text))
    assert "PID-5: Name" in page.text
    assert page.headers["cache-control"] == "no-store"
    [view] = await ward.database.pool.fetch("SELECT message_id, viewed_by FROM message_views")
    assert dict(view) == {"message_id": messages[0], "viewed_by": ENGINEER}


async def test_looking_at_a_page_is_no_look_at_what_the_message_says(ward: Ward):
    messages = await canary_messages(ward)
    visitor = await ward.visitor(ENGINEER)

    for path in every_page(messages):
        await visitor.get(path)

    assert await ward.database.pool.fetch("SELECT * FROM message_views") == []


async def test_both_sides_of_a_clash_are_compared_under_ones_name(ward: Ward):
    messages = await canary_messages(ward)
    visitor = await ward.visitor(ENGINEER)

    page = await visitor.post(f"/intake/{messages[2]}/clash")

    assert "PID-8: Sex" in page.text
    views = await ward.database.pool.fetch("SELECT message_id, purpose FROM message_views")
    assert {(view["message_id"], view["purpose"]) for view in views} == {
        (messages[2], "compare"),
        (messages[1], "compare"),
    }


async def test_a_mended_message_leads_to_its_page(ward: Ward):
    await ward.send(BROKEN)
    visitor = await ward.visitor(ENGINEER)
    mended = an_adt().decode().replace("\r", "\r\n")
    form = {"message": mended, "reason": "wrong version", "idempotency_key": "k1"}

    answers = [
        await visitor.post(f"/intake/{(await ward.stored())[0]['message_id']}/resubmit", data=form)
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await ward.stored()) == 2
    page = await visitor.get(answers[0].headers["location"])
    assert "The message was taken in." in page.text
    assert "The patient was discharged" in page.text


async def test_what_is_still_wrong_is_said_beside_what_was_typed(ward: Ward):
    await ward.send(BROKEN)
    refused = await last_id(ward)
    visitor = await ward.visitor(ENGINEER)
    form = {"message": an_adt(version="2.8", name="TYPED").decode(), "idempotency_key": "k1"}

    for _ in range(2):
        page = await visitor.post(f"/intake/{refused}/resubmit", data=form)

        assert page.status_code == 422
        assert "There is a problem" in page.text
        assert "Answered AR. MSH-12 is not a version from 2.2 to 2.5.1" in page.text
        assert "TYPED" in page.text
    kept = await ward.database.pool.fetch("SELECT body, location FROM idempotent_requests")
    assert b"TYPED" not in kept[0]["body"]


async def test_a_message_that_was_taken_in_needs_a_reason(ward: Ward):
    await ward.send(an_adt())
    visitor = await ward.visitor(ENGINEER)

    page = await visitor.post(
        f"/intake/{await last_id(ward)}/resubmit", data={"message": an_adt(left="").decode()}
    )

    assert page.status_code == 422
    assert "Say why it is taken in again" in page.text


async def test_a_clash_is_taken_in_as_it_is(ward: Ward):
    await ward.send(an_adt())
    await ward.send(an_adt("A13", sent="20260908123000"))
    path = f"/intake/{await last_id(ward)}"
    visitor = await ward.visitor(ENGINEER)

    without = await visitor.post(f"{path}/accept", data={"reason": " "})
    given = await visitor.post(f"{path}/accept", data={"reason": "It cancels that discharge"})

    assert (without.status_code, given.status_code) == (422, 303)
    assert "Say why the message is right as it is." in without.text
    assert len(await ward.said("spell.discharge_cancelled")) == 1
    assert "Taken in as it is by integration" in (await visitor.get(path)).text


async def test_what_is_set_aside_is_gone_from_the_first_page(ward: Ward):
    await ward.send(BROKEN)
    path = f"/intake/{await last_id(ward)}"
    visitor = await ward.visitor(ENGINEER)

    assert (await visitor.post(f"{path}/set-aside", data={"reason": ""})).status_code == 422
    answer = await visitor.post(f"{path}/set-aside", data={"reason": "a test of the supplier"})

    assert "is set aside" in (await visitor.get(answer.headers["location"])).text
    assert "No message waits for you." in (await visitor.get("/intake")).text


@pytest.mark.parametrize(
    ("rubbish", "status"),
    [
        ("/intake?show=everything", 422),
        ("/intake?first=yesterday", 422),
        ("/intake?last=9999-12-31", 422),
        ("/intake?spell=x", 422),
        ("/intake?flag=%00", 422),
        ("/intake?source=%00", 422),
        ("/intake/messages?source=%00", 422),
        ("/intake?source=%27%20OR%20true--", 200),
        ("/intake/nonsense", 404),
        (f"/intake/{UUID(int=7)}", 404),
        ("/data-quality?days=900", 422),
    ],
)
async def test_rubbish_in_an_address_does_no_harm(ward: Ward, rubbish: str, status: int):
    visitor = await ward.visitor(ENGINEER)

    assert (await visitor.get(rubbish)).status_code == status


async def test_a_browser_that_opens_the_interface_is_led_to_the_page(ward: Ward):
    await ward.send(an_adt())
    visitor = await ward.visitor(ENGINEER)
    message = await last_id(ward)

    for path, page in (
        (f"/intake/messages/{message}", f"/intake/{message}"),
        ("/intake/data-quality", "/data-quality?days=7"),
    ):
        assert (await visitor.get(path)).headers["location"] == page


async def test_an_identity_is_checked_by_an_engineer(ward: Ward):
    await ward.send(an_adt("A01", numbers="L55^^^ZTA^MR", control_id="M1"))
    await ward.send(an_adt("A01", numbers="L56^^^ZTA^MR", control_id="M2", visit="SP-2"))
    await ward.send(an_adt("A40", "MRG|L56^^^ZTA^MR", numbers="L55^^^ZTA^MR", control_id="M3"))
    visitor = await ward.visitor(ENGINEER)
    held = await ward.database.pool.fetchval(
        """SELECT patient_key FROM patients
        WHERE described @> '{"identity_held": true}' AND NOT described ? 'replaced_by'"""
    )

    page = await visitor.get("/identities")
    assert "SP-77120" in page.text
    assert "SP-77120" not in (await (await ward.visitor(OPERATOR)).get("/identities")).text
    answer = await visitor.post("/identities", data={"patient_key": held})

    after = (await visitor.get(answer.headers["location"])).text
    assert "The identity is confirmed" in after
    assert "No identity waits for a check." in after
