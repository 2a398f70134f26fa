"""What patients hear while their care moves on: once, when it is so, without blame, and with somebody to ring."""

from datetime import timedelta

import pytest

from schemas.alert import AlertNotDelivered
from schemas.handover import HandoverCompleted, HandoverReopened
from schemas.offer import OfferDeclined
from schemas.task import TaskClaimed
from services.chassis.ids import new_id
from tests.integration.notify.carriers import EDNA_MAIL
from tests.unit.notify.builders import COMMUNITY, EDNA, ELM_TREE, LETTER, PHARMACY, WARD
from tests.unit.notify.facts import (
    accepted,
    appointment,
    contact_named,
    described,
    offered_on,
    opened,
    redirected,
    referral_changed,
    referred,
    team_described,
)

HARBOUR = "practice-Z90002"


@pytest.fixture
async def told(house):
    """Edna was told of her discharge; Elm Tree Surgery has accepted."""
    return await begun(house, opened())


async def begun(house, handover):
    await house.hear(described(), handover)
    if handover.purpose != "referral":
        await house.hear(accepted(handover))
    await house.deliver()
    assert len(house.mails_to(EDNA_MAIL)) == 1
    return handover


def news(house):
    """What Edna's mails say after the first."""
    return [mail.body for mail in house.mails_to(EDNA_MAIL)[1:]]


async def hear_and_deliver(house, *events):
    await house.hear(*events)
    await house.deliver()


def taken_by(handover, offer, team):
    return accepted(handover, offer_id=offer.offer_id, team=team)


async def test_a_patient_who_moves_hears_once_of_the_new_team_and_only_after_it_accepted(
    house, told
):
    practice = offered_on(told, HARBOUR)
    nurses = offered_on(told, COMMUNITY, tasks=(2,), owner=PHARMACY)
    await hear_and_deliver(house, practice, nurses)
    assert news(house) == []

    await hear_and_deliver(house, taken_by(told, practice.offer, HARBOUR))
    await hear_and_deliver(house, taken_by(told, nurses.offer, COMMUNITY))

    (body,) = news(house)
    assert "Harbour Medical Centre has taken over a part of your care." in body
    assert "01632 960120" in body


async def test_a_patient_who_moves_again_hears_again(house, told):
    await house.database.pool.execute(
        "UPDATE alerts SET settled_at = settled_at - interval '2 days'"
    )
    for team in (HARBOUR, ELM_TREE):
        offer = offered_on(told, team)
        await hear_and_deliver(house, offer, taken_by(told, offer.offer, team))

    assert len(news(house)) == 2


async def test_work_that_a_team_hands_on_for_its_own_reasons_bothers_no_patient(house, told):
    offer = offered_on(told, COMMUNITY, reason="handed-on")
    await hear_and_deliver(house, offer, taken_by(told, offer.offer, COMMUNITY))

    assert news(house) == []


async def test_the_receiving_team_hears_once_and_who_asks_stays_the_owner(house, told):
    offer = offered_on(told, HARBOUR)
    await hear_and_deliver(house, offer)

    (mail,) = house.mails_to("practice-z90002@teams.example.net")
    assert "is asked to take over 1 task" in mail.body
    assert "registered with another practice" in mail.body
    owners = await house.database.pool.fetch(
        "SELECT owner_team, asked_team FROM plan_tasks WHERE offer_id = $1", offer.offer.offer_id
    )
    assert [tuple(row) for row in owners] == [(ELM_TREE, HARBOUR)]


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


async def test_a_redirect_after_a_discharge_changes_the_page_and_sends_nothing(house, told):
    passed_on = redirected(told, HARBOUR)
    await hear_and_deliver(house, passed_on, taken_by(told, passed_on.offer, HARBOUR))

    assert news(house) == []


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


@pytest.mark.parametrize("purpose", ["loose-end", "document"])
async def test_work_between_teams_is_no_patients_concern(house, purpose):
    await house.hear(described(), opened(purpose=purpose))
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert ("patient", "", "opened", "withheld", "nothing-to-tell") in await house.alerts()


async def test_a_named_contact_is_told_once_and_stands_on_every_message_from_then_on(house, told):
    await hear_and_deliver(house, contact_named(told))
    await hear_and_deliver(house, contact_named(told, state="chosen"))

    (body,) = news(house)
    assert "Sam Lee, on 01632 960199" in body
    starts_at = house.now + timedelta(days=9)
    await hear_and_deliver(house, appointment(told, "booked", starts_at))
    assert "You can ring Sam Lee on 01632 960199" in news(house)[-1]


async def test_a_contact_who_changes_is_told_and_one_that_was_just_told_is_not_told_twice(
    house, told
):
    await house.hear(contact_named(told), contact_named(told, name="Kim Roe", phone="01632 960188"))
    await house.deliver()

    (body,) = news(house)
    assert "Kim Roe" in body


async def test_a_missing_contact_is_no_message(house, told):
    await hear_and_deliver(house, contact_named(told, state="missing", team="", name="", phone=""))

    assert news(house) == []


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


async def test_a_claimed_task_bothers_nobody(house, told):
    before = await house.alerts()
    await house.hear(
        TaskClaimed(
            patient_key=EDNA,
            handover_id=told.handover_id,
            task_id=told.tasks[1].task_id,
            owner_team=ELM_TREE,
            person="staff-elm-tree",
            claimed_at=house.now,
            claimed_by="staff-elm-tree",
        )
    )

    assert await house.alerts() == before


async def test_a_reopened_handover_goes_on_and_a_withdrawn_one_never(house, told):
    about = {"patient_key": EDNA, "handover_id": told.handover_id}
    reopened = HandoverReopened(
        **about, reason="not-done", reopened_at=house.now, reopened_by="staff-ward"
    )
    await house.hear(
        HandoverCompleted(**about, completed_at=house.now, completed_by="staff-ward"), reopened
    )

    assert await house.database.pool.fetchval("SELECT standing FROM plans") == "open"
    assert ("team", WARD, "reopened", "waiting", "") in await house.alerts()


async def test_what_referral_says_of_a_team_counts_before_the_data_file(house):
    await house.hear(team_described(ELM_TREE, name="Elm Tree and Harbour Surgery"))
    await house.hear(described(), opened())
    await house.deliver()

    (mail,) = house.mails_to("new-address@teams.example.net")
    assert "Elm Tree and Harbour Surgery" in mail.body
    assert house.mails_to("practice-z90001@teams.example.net") == []


async def test_an_older_word_on_a_team_changes_nothing(house):
    now = house.now
    await house.hear(team_described(ELM_TREE, described_at=now))
    await house.hear(
        team_described(
            ELM_TREE, name="As it was called before", described_at=now - timedelta(days=1)
        )
    )

    assert await house.database.pool.fetchval("SELECT name FROM teams") == "Elm Tree Surgery"


async def test_what_a_closed_team_should_learn_the_accountable_one_does(house):
    await house.hear(team_described(PHARMACY, active=False))
    await house.hear(opened())
    await house.deliver()

    assert house.mails_to("pharmacy-fzz01@teams.example.net") == []
    assert house.mails_to("new-address@teams.example.net") == []
    teams = [team for audience, team, *_ in await house.alerts() if audience == "team"]
    assert sorted(teams) == sorted([WARD, ELM_TREE]), "the ward hears once"


async def test_an_alert_whose_team_closed_since_becomes_a_persons(house):
    await house.hear(opened())
    await house.hear(team_described(PHARMACY, active=False))
    await house.deliver()

    said = [one for one in await house.said(AlertNotDelivered) if one.team == PHARMACY]
    assert [(one.reason, one.needs_person) for one in said] == [("team-closed", True)]


async def test_a_closed_team_is_nobodys_to_ring(house, told):
    await house.hear(team_described(WARD, active=False))
    offer = offered_on(told, HARBOUR)
    await hear_and_deliver(house, offer, taken_by(told, offer.offer, HARBOUR))

    (body,) = news(house)
    assert "01632 960101" not in body
    assert "01632 960100" in body, "the switchboard"


async def test_two_handovers_of_one_patient_keep_their_own_contacts(house, told):
    other = opened(handover_id=new_id())
    await house.hear(other)
    await house.hear(contact_named(told))

    named = await house.database.pool.fetch("SELECT contact IS NOT NULL AS has FROM plans")
    assert sorted(row["has"] for row in named) == [False, True]
