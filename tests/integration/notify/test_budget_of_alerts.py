"""Teams are disturbed for safety at once, for everything else once a day, and never twice for one thing (A47, H14)."""

import asyncio
from datetime import timedelta

import pytest

from schemas.alert import AlertNotDelivered, AlertSent
from schemas.task import TaskChanged
from tests.integration.notify.carriers import Carried, a_worker_with
from tests.unit.notify.builders import COMMUNITY, ELM_TREE, SAFETY, WARD
from tests.unit.notify.facts import (
    a_task_made,
    described,
    escalated,
    opened,
    redirected,
    unanswered,
    warned,
    withdrawn,
)

WARD_MAIL = "ward-zta@teams.example.net"
SAFETY_MAIL = "safety-zta@teams.example.net"


async def begun(house, **changes):
    """A handover whose first alerts have been sent."""
    handover = opened(**changes)
    await house.hear(handover)
    await house.deliver()
    return handover


async def the_hour_of_the_digest(house):
    await house.database.pool.execute(
        "UPDATE alerts SET next_attempt_at = clock_timestamp() WHERE state = 'waiting' AND digest"
    )


async def a_day_later(house):
    await house.database.pool.execute("UPDATE digests SET day = day - 1")


def mails(house, address, before=0):
    return house.mails_to(address)[before:]


def urgent_task(**changes):
    return opened(offers=(), tasks=(a_task_made(priority="urgent", rule_id="R43", **changes),))


async def test_a_routine_warning_waits_for_the_daily_message_and_is_in_the_list_at_once(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(warned(handover, WARD))
    await house.deliver()
    assert mails(house, WARD_MAIL, before) == []
    assert ("team", WARD, "warned", "waiting", "") in await house.alerts()

    await the_hour_of_the_digest(house)
    await house.deliver()

    (mail,) = mails(house, WARD_MAIL, before)
    assert mail.subject == "Routine: 1 thing to know for Ward 7, Fellside Hospital"
    assert "Half of the time has passed" in mail.body
    assert str(handover.handover_id)[-6:] in mail.body


@pytest.mark.parametrize("milestone", ["50%", "80%"])
async def test_a_warning_about_urgent_work_goes_at_once(house, milestone):
    handover = urgent_task()
    await house.hear(handover)
    await house.deliver()
    before = len(house.mails_to(WARD_MAIL))

    await house.hear(warned(handover, WARD, milestone=milestone))
    await house.deliver()

    (mail,) = mails(house, WARD_MAIL, before)
    assert mail.subject.startswith("Urgent: a deadline is near")


async def test_a_passed_deadline_is_told_at_once_with_how_late_it_is_and_whose_it_is(house):
    handover = await begun(house, at=house.now - timedelta(hours=5))
    await house.hear(escalated(handover, SAFETY))
    await house.deliver()

    (mail,) = house.mails_to(SAFETY_MAIL)
    assert "5 hours late" in mail.body
    assert "Ward 7, Fellside Hospital is responsible" in mail.body


async def test_a_later_step_goes_with_the_daily_message_unless_the_team_prefers_otherwise(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(escalated(handover, WARD, SAFETY, milestone="breach+1wd", step=2))
    await house.deliver()

    assert mails(house, WARD_MAIL, before) == []
    (mail,) = house.mails_to(SAFETY_MAIL)
    assert "still late" in mail.subject, "the safety lead wants to know at once"


async def test_what_piled_up_in_an_outage_is_one_message(house):
    handovers = [await begun(house) for _ in range(3)]
    worker_was_away = [escalated(handover, SAFETY) for handover in handovers]
    await house.hear(*worker_was_away, unanswered(handovers[0], SAFETY))
    await house.deliver()

    (mail,) = house.mails_to(SAFETY_MAIL)
    assert mail.subject.startswith("Urgent: 4 things to know")
    assert all(str(handover.handover_id)[-6:] in mail.body for handover in handovers)
    sent = [said for said in await house.said(AlertSent) if said.team == SAFETY]
    assert len(sent) == 4, "every alert ends in a word, though they went together"


async def test_of_one_task_only_the_last_milestone_is_said(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(warned(handover, WARD), warned(handover, WARD, milestone="80%"))
    await the_hour_of_the_digest(house)
    await house.deliver()

    (mail,) = mails(house, WARD_MAIL, before)
    assert "80 % of the time has passed" in mail.body
    assert "Half" not in mail.body


async def test_a_team_has_one_digest_a_day_and_what_comes_later_waits_for_the_next(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(warned(handover, WARD))
    await the_hour_of_the_digest(house)
    await house.deliver()
    await house.hear(warned(handover, WARD, milestone="80%"))
    await the_hour_of_the_digest(house)
    await house.deliver()
    assert len(mails(house, WARD_MAIL, before)) == 1
    assert ("team", WARD, "warned", "waiting", "had-its-digest") in await house.alerts()

    await a_day_later(house)
    await the_hour_of_the_digest(house)
    await house.deliver()

    assert len(mails(house, WARD_MAIL, before)) == 2


async def test_a_digest_in_which_nothing_is_so_any_more_is_not_sent_and_takes_no_day(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(
        warned(handover, WARD),
        TaskChanged(
            patient_key=handover.patient_key,
            handover_id=handover.handover_id,
            task_id=handover.tasks[0].task_id,
            status="completed",
            owner_team=WARD,
            changed_at=house.now,
            changed_by="staff-ward",
        ),
    )
    await the_hour_of_the_digest(house)
    await house.deliver()

    assert mails(house, WARD_MAIL, before) == []
    assert await house.database.pool.fetchval("SELECT count(*) FROM digests") == 0
    (said,) = await house.said(AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("done-since", False)


async def test_a_digest_that_the_mail_server_did_not_take_is_tried_again_the_same_day(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(warned(handover, WARD))
    await the_hour_of_the_digest(house)
    await house.deliver(house.a_worker(smtp_port=1))
    assert mails(house, WARD_MAIL, before) == []

    await house.let_time_pass()
    await house.deliver()

    assert len(mails(house, WARD_MAIL, before)) == 1
    rows = await house.database.pool.fetch(
        "SELECT attempt, outcome FROM deliveries JOIN alerts USING (alert_id) WHERE kind = 'warned' ORDER BY attempt"
    )
    assert [tuple(row) for row in rows] == [(1, "try-later"), (2, "taken")]


async def test_two_workers_send_one_digest(house):
    handover = await begun(house)
    await house.hear(*(warned(handover, WARD, task=number) for number in range(3)))
    await the_hour_of_the_digest(house)
    mail = Carried()
    one, two = a_worker_with(house, mail), a_worker_with(house, mail)

    await asyncio.gather(one.deliver_due(), two.deliver_due())
    await house.deliver(a_worker_with(house, mail))

    assert len(mail.messages) == 1
    states = [state for _, _, kind, state, _ in await house.alerts() if kind == "warned"]
    assert states == ["sent"] * 3


async def test_a_withdrawal_takes_its_lines_out_of_the_digest(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(warned(handover, WARD))
    await house.hear(withdrawn(handover))
    await the_hour_of_the_digest(house)
    await house.deliver()

    (mail,) = mails(house, WARD_MAIL, before)
    assert "withdrawn, stop" in mail.subject


async def test_who_handed_over_reads_of_a_redirect_in_the_digest_and_has_nothing_to_do(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(redirected(handover, COMMUNITY))
    await house.deliver()
    assert mails(house, WARD_MAIL, before) == []
    assert len(house.mails_to("community-ztc@teams.example.net")) == 1

    await the_hour_of_the_digest(house)
    await house.deliver()

    (mail,) = mails(house, WARD_MAIL, before)
    assert "Passed on to Fellside Community Nursing: nothing to do" in mail.body


async def test_everybody_who_should_know_that_nobody_answered_is_told_once(house):
    handover = await begun(house)
    before = len(house.mails_to(WARD_MAIL))
    await house.hear(unanswered(handover, WARD, ELM_TREE, WARD, SAFETY))
    await house.deliver()

    assert len(mails(house, WARD_MAIL, before)) == 1
    assert len(house.mails_to(SAFETY_MAIL)) == 1
    assert "nobody has accepted" in mails(house, WARD_MAIL, before)[0].subject


async def test_a_digest_names_nobody(house):
    handover = opened()
    await house.hear(described(), handover)
    await house.deliver()
    await house.hear(warned(handover, WARD))
    await the_hour_of_the_digest(house)
    await house.deliver()

    text = str(house.mails_to(WARD_MAIL)[-1].body)
    for private in ("Edna", "Hartley", "9995000105", "Mill Lane", handover.patient_key):
        assert private not in text
