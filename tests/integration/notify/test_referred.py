"""What a patient hears of a referral and its appointments: when it is so, without blame, and with somebody to ring."""

from datetime import timedelta

import pytest

from schemas.alert import AlertNotDelivered
from schemas.handover import HandoverCompleted
from schemas.offer import OfferDeclined
from tests.integration.notify.carriers import EDNA_MAIL
from tests.integration.notify.news import HARBOUR, begun, hear_and_deliver, news, taken_by
from tests.unit.notify.builders import COMMUNITY, EDNA, LETTER
from tests.unit.notify.facts import (
    appointment,
    described,
    redirected,
    referral_changed,
    referred,
)


async def test_a_redirected_referral_is_one_message_with_the_new_number_and_no_blame(house):
    handover = await begun(house, referred())
    passed_on = redirected(handover, "msk-foot-ZTB", by=COMMUNITY, task=0)
    await hear_and_deliver(house, passed_on)
    await hear_and_deliver(house, taken_by(handover, passed_on.offer, "msk-foot-ZTB"))

    (body,) = news(house)
    assert "Your referral has moved to a better-suited team." in body
    site = house.a_worker()._desk.site
    assert site.teams["msk-foot-ZTB"].phone in body
    for word in ("wrong clinic", "wrong team", "should", "mistake", "foot"):
        assert word not in body.lower()


async def test_a_redirect_that_the_next_team_declined_before_the_message_left_is_not_told(house):
    handover = await begun(house, referred())
    passed_on = redirected(handover, HARBOUR, by=COMMUNITY, task=0)
    declined = OfferDeclined(
        patient_key=EDNA,
        handover_id=handover.handover_id,
        offer_id=passed_on.offer.offer_id,
        team=HARBOUR,
        declined_at=house.now,
        declined_by="staff-harbour",
        reason="no-capacity",
        owner_team=COMMUNITY,
    )
    await hear_and_deliver(house, passed_on, declined)

    assert news(house) == []


async def test_a_referral_is_told_with_what_to_do_when_it_gets_worse(house):
    await begun(house, referred())

    (mail,) = house.mails_to(EDNA_MAIL)
    assert "We have asked a team to see you." in mail.body
    assert "If you get worse while you wait" in mail.body
    assert "999" in mail.body


async def test_a_letter_of_a_referral_offers_the_telephone_to_say_it_gets_worse(house):
    await house.hear(described(needs=(LETTER,)), referred())
    await house.deliver()

    (letter,) = house.letters()
    text = letter.read_text(encoding="utf-8")
    assert "Then ring Elm Tree Surgery on 01632 960110" in text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("booked", "You have an appointment on"),
        ("moved", "Your appointment has another time."),
        ("cancelled", "is not taking place. You do not have to come."),
        ("missed", "That can happen, and you can have another one."),
    ],
)
async def test_an_appointment_is_told_by_day_and_time_with_a_number_to_ring(house, status, words):
    handover = await begun(house, referred())
    days = timedelta(days=-1) if status == "missed" else timedelta(days=9)
    await hear_and_deliver(house, appointment(handover, status, house.now + days))

    (body,) = news(house)
    assert words in body
    assert "01632 960140" in body
    for private in ("Community", "clinic", "Edna"):
        assert private not in body


async def test_an_appointment_that_moved_before_its_message_left_is_told_once_as_it_is(house):
    handover = await begun(house, referred())
    soon, later = house.now + timedelta(days=5), house.now + timedelta(days=6)
    await hear_and_deliver(
        house, appointment(handover, "booked", soon), appointment(handover, "moved", later)
    )

    (body,) = news(house)
    assert "has another time" in body
    reasons = [said.reason for said in await house.said(AlertNotDelivered)]
    assert reasons == ["said-since"]


async def test_an_appointment_that_has_begun_is_told_by_a_person(house):
    handover = await begun(house, referred())
    await hear_and_deliver(house, appointment(handover, "booked", house.now - timedelta(hours=1)))

    assert news(house) == []
    (said,) = await house.said(AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("appointment-over", True)


async def test_no_message_about_an_appointment_goes_to_the_dead(house):
    handover = await begun(house, referred())
    await house.hear(appointment(handover, "booked", house.now + timedelta(days=9)))
    await house.hear(described(described_at=house.now, deceased=True, death_status="formal"))
    await house.deliver()

    assert news(house) == []


async def test_who_referred_reads_of_each_state_in_the_digest(house):
    handover = await begun(house, referred())
    for state in ("received", "accepted", "outcome"):
        await house.hear(referral_changed(handover, state))
    await house.hear(
        HandoverCompleted(
            patient_key=EDNA,
            handover_id=handover.handover_id,
            completed_at=house.now,
            completed_by="staff-community",
        )
    )
    await house.database.pool.execute(
        "UPDATE alerts SET next_attempt_at = clock_timestamp() WHERE state = 'waiting'"
    )
    await house.deliver()

    digest = house.mails_to("practice-z90001@teams.example.net")[-1].body
    for words in ("It was accepted", "It has an outcome"):
        assert words in digest, "how it ended is told after its end too"


@pytest.mark.parametrize(
    ("state", "words"), [("rejected", "not the right one"), ("cancelled", "not going ahead")]
)
async def test_a_referral_that_does_not_go_on_is_told_without_blame(house, state, words):
    handover = await begun(house, referred())
    await hear_and_deliver(house, referral_changed(handover, state))

    (body,) = news(house)
    assert words in body
