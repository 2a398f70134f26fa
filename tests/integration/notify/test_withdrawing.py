"""A handover is withdrawn: whoever was told stops and says so, and its patient hears nothing by message (S02)."""

import asyncio
from datetime import timedelta

import pytest

from schemas.alert import AlertAcknowledged, AlertNotDelivered, AlertOvertaken, AlertSent
from services.notify.domain.attempt import Taken, TryLater
from tests.integration.notify.carriers import (
    EDNA_MAIL,
    Carried,
    a_worker_with,
    about_the_patient,
    patient_alert,
)
from tests.integration.notify.test_alerts_of_teams import knock
from tests.unit.notify.builders import ELM_TREE, LETTER, PHARMACY, WARD
from tests.unit.notify.facts import described, opened, withdrawn

WITHDRAWN = "handover-withdrawn"


async def told(house, **of_edna):
    """Everybody was told of a handover."""
    handover = opened()
    await house.hear(described(**of_edna), handover)
    await house.deliver()
    return handover


async def stops(house):
    return sorted(team for team, kind in await house.alerts("team, kind") if kind == "withdrawn")


def words_to(house, team):
    return house.mails_to(f"{team.lower()}@teams.example.net")[-1].body


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("discharge-cancelled", "The patient is still in hospital."),
        ("entered-in-error", "It was entered in error"),
        ("readmitted", "The patient is back in hospital."),
        ("deceased", "Do not contact the patient or the family."),
        ("something-new", "The worklist says why."),
    ],
)
async def test_a_team_reads_that_it_should_stop_and_why(house, reason, words):
    handover = await told(house)
    await house.hear(withdrawn(handover, reason))
    await house.deliver()

    body = words_to(house, ELM_TREE)
    assert "Please stop any work on it." in body
    assert words in body
    assert "died" not in body


async def test_every_team_that_was_told_is_told_to_stop_exactly_once(house):
    handover = await told(house)
    await house.hear(withdrawn(handover))
    await house.hear(withdrawn(handover))
    await house.deliver()

    assert await stops(house) == sorted([WARD, ELM_TREE, PHARMACY])
    assert len(house.mails_to("practice-z90001@teams.example.net")) == 2


async def test_a_team_whose_message_never_left_is_told_nothing(house):
    """Of four messages only the first has gone when the withdrawal is heard."""
    handover = opened()
    await house.hear(handover)
    await house.database.pool.execute(
        "UPDATE alerts SET next_attempt_at = next_attempt_at + interval '1 hour' WHERE team <> $1",
        WARD,
    )
    await house.deliver()
    await house.hear(withdrawn(handover))
    await house.deliver()

    assert await stops(house) == [WARD]
    assert len(house.mailbox.messages()) == 2


async def test_a_mail_that_its_patient_has_is_put_right_by_a_person_and_not_by_a_message(house):
    handover = await told(house)
    await house.hear(withdrawn(handover))
    await house.deliver()
    await house.hear(withdrawn(handover))
    await house.deliver()

    (said,) = await house.said(AlertOvertaken)
    (sent,) = await about_the_patient(house, AlertSent)
    assert (said.audience, said.reason, said.alert_id) == ("patient", WITHDRAWN, sent.alert_id)
    assert said.handover_id == handover.handover_id
    assert len(house.mails_to(EDNA_MAIL)) == 1


async def test_a_letter_that_still_lies_there_is_taken_back_and_nobody_has_to_explain(house):
    handover = await told(house, needs=(LETTER,))
    assert len(house.letters()) == 1

    await house.hear(withdrawn(handover))
    await house.deliver()

    assert house.letters() == []
    assert await house.said(AlertOvertaken) == []
    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == (WITHDRAWN, False)
    assert await patient_alert(house) == ("revoked", WITHDRAWN)
    assert await house.database.pool.fetchval("SELECT revoked_at IS NOT NULL FROM links")
    assert await house.database.pool.fetchval("SELECT taken_back FROM recalls")


async def test_a_letter_that_the_printer_has_taken_is_explained_by_a_person(house):
    handover = await told(house, needs=(LETTER,))
    house.letters()[0].unlink()

    await house.hear(withdrawn(handover))
    await house.deliver()

    (said,) = await house.said(AlertOvertaken)
    assert (said.audience, said.reason) == ("patient", WITHDRAWN)
    assert await patient_alert(house) == ("sent", WITHDRAWN)


async def test_the_stream_of_a_letter_that_was_taken_back_counts_on(house):
    handover = await told(house, needs=(LETTER,))
    await house.hear(withdrawn(handover))
    await house.deliver()

    (sent,) = await about_the_patient(house, AlertSent)
    rows = await house.database.pool.fetch(
        "SELECT type, sequence FROM outbox WHERE stream = $1 ORDER BY sequence",
        f"alert:{sent.alert_id}",
    )
    assert [tuple(row) for row in rows] == [("alert.sent", 1), ("alert.not_delivered", 2)]


class Meanwhile:
    """While the messages are on their way, something is heard; then they are taken, or not."""

    def __init__(self, house, event, outcome=None) -> None:
        self._house, self._event, self._outcome = house, event, outcome or Taken()
        self._first = asyncio.Lock()
        self._heard = False

    async def carry(self, message):
        async with self._first:
            if not self._heard:
                self._heard = True
                await self._house.hear(self._event)
        return self._outcome

    async def take_back(self, alert_id):
        return False


async def test_a_withdrawal_while_messages_are_on_their_way_reaches_everybody_whom_they_reach(
    house,
):
    handover = opened()
    await house.hear(described(), handover)
    await house.deliver(a_worker_with(house, Meanwhile(house, withdrawn(handover))))

    assert await stops(house) == sorted([WARD, ELM_TREE, PHARMACY])
    (said,) = await house.said(AlertOvertaken)
    assert said.audience == "patient"


async def test_what_did_not_arrive_before_a_withdrawal_is_not_tried_again(house):
    handover = opened()
    await house.hear(described(), handover)
    trouble = TryLater("mail-server-not-reachable")
    await house.deliver(a_worker_with(house, Meanwhile(house, withdrawn(handover), trouble)))
    await house.let_time_pass()
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert await patient_alert(house) == ("withheld", WITHDRAWN)
    assert await house.said(AlertOvertaken) == []


async def test_however_recording_and_withdrawing_meet_a_person_explains(house):
    for _ in range(8):
        handover = opened()
        await house.hear(described(), handover)
        await asyncio.gather(
            house.deliver(a_worker_with(house, Carried())), house.hear(withdrawn(handover))
        )
        await house.deliver(a_worker_with(house, Carried()))

    reached = {one.alert_id for one in await about_the_patient(house, AlertSent)}
    assert {one.alert_id for one in await house.said(AlertOvertaken)} == reached


async def test_two_workers_take_a_letter_back_once(house):
    handover = await told(house, needs=(LETTER,))
    await house.hear(withdrawn(handover))

    await asyncio.gather(house.deliver(), house.deliver(), house.deliver())

    assert await house.said(AlertOvertaken) == []
    assert len(await about_the_patient(house, AlertNotDelivered)) == 1


async def test_a_patients_message_waits_until_the_discharge_has_settled_and_teams_wait_for_nothing(
    house,
):
    house.settings = house.settings.model_copy(update={"settling_seconds": 120})
    await house.hear(described(), opened())
    await house.deliver()

    assert await patient_alert(house) == ("waiting", "settling")
    assert len(house.mailbox.messages()) == 3
    until = await house.database.pool.fetchval(
        "SELECT next_attempt_at - made_at FROM alerts WHERE audience = 'patient'"
    )
    assert until == timedelta(seconds=120)

    house.settings = house.settings.model_copy(update={"settling_seconds": 0})
    await house.let_time_pass()
    await house.deliver()
    assert len(house.mails_to(EDNA_MAIL)) == 1


async def test_a_discharge_that_is_cancelled_while_it_settles_is_never_told_to_its_patient(house):
    house.settings = house.settings.model_copy(update={"settling_seconds": 120})
    handover = await told(house)
    await house.hear(withdrawn(handover))
    house.settings = house.settings.model_copy(update={"settling_seconds": 0})
    await house.let_time_pass()
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert await patient_alert(house) == ("revoked", WITHDRAWN)
    assert await house.said(AlertOvertaken) == []


async def test_a_handover_that_takes_the_place_of_another_says_so_and_tells_everybody_anew(house):
    first = await told(house)
    await house.hear(withdrawn(first))
    await house.hear(opened(replaces=first.handover_id))
    await house.deliver()

    said = [mail.body for mail in house.mails_to("practice-z90001@teams.example.net")]
    again = "It takes the place of a handover of the same stay that was withdrawn."
    assert [again in body for body in said].count(True) == 1
    assert len(house.mails_to(EDNA_MAIL)) == 2


async def test_a_first_handover_says_nothing_of_another(house):
    await told(house)

    assert "takes the place" not in words_to(house, ELM_TREE)
    assert "\n\n\n" not in words_to(house, ELM_TREE)


async def test_that_a_team_has_stopped_is_said_with_the_alert_that_told_it_to(house):
    handover = await told(house)
    await house.hear(withdrawn(handover))
    old, stop = [
        alert_id
        for (alert_id,) in await house.alerts(
            "CASE WHEN team = 'practice-Z90001' THEN alert_id END"
        )
        if alert_id
    ]
    async with knock(house.app(), "token of the practice") as practice:
        refused = await practice.post(f"/alerts/{old}/acknowledge")
        taken = await practice.post(f"/alerts/{stop}/acknowledge")
        first, *others = (await practice.get("/alerts")).json()["alerts"]

    assert (refused.status_code, refused.json()["code"]) == (409, "alert.overtaken")
    assert taken.status_code == 200
    (said,) = await house.said(AlertAcknowledged)
    assert (said.alert_id, said.handover_id, said.team) == (stop, handover.handover_id, ELM_TREE)
    assert [first["kind"], *(other["kind"] for other in others)] == ["withdrawn", "opened"]
    assert [other["overtaken"] for other in others] == [True]


async def test_the_inbox_says_stop_first_and_offers_nothing_on_what_is_overtaken(house):
    handover = await told(house)
    await house.hear(opened())
    await house.hear(withdrawn(handover))
    async with knock(house.app(), Accept="text/html") as visitor:
        await visitor.post("/sign-in", data={"ref": "staff-elm-tree"})
        html = (await visitor.get("/alerts-inbox")).text

    headings = [
        part.split("</h2>")[0] for part in html.split('margin-bottom-2">')[1:] if "</h2>" in part
    ]
    assert headings[0] == "Withdrawn: stop"
    assert "Please stop any work on this handover." in html
    assert "The discharge was cancelled. The patient is still in hospital." in html
    assert html.count("We have stopped") == 1
    assert html.count("We have seen this") == 1, "the other handover's"
    assert "The handover was withdrawn since." in html
