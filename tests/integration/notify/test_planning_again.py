"""A discharge is corrected, or comes late: the plan follows, nobody is flooded, and old news is told by a person."""

from datetime import timedelta

import pytest

from schemas.alert import AlertNotDelivered
from schemas.offer import OfferMade
from schemas.task import TaskMade
from services.chassis.ids import new_id
from services.notify.domain.wording import day_in_words
from tests.integration.notify.carriers import EDNA_MAIL, about_the_patient, patient_alert
from tests.integration.notify.test_alerts_of_teams import knock
from tests.integration.notify.test_the_patients_page import path_of_link
from tests.integration.notify.test_withdrawing import told, words_to
from tests.unit.notify.builders import COMMUNITY, EDNA, ELM_TREE, LONDON, PHARMACY, WARD
from tests.unit.notify.facts import a_task_made, accepted, described, opened, replanned, withdrawn


def later(task: TaskMade, days: int = 2) -> TaskMade:
    return task.model_copy(update={"due_at": task.due_at + timedelta(days=days)})


async def kinds_after(house, before):
    return sorted(tuple(row) for row in (await house.alerts("team, kind, task_count"))[before:])


async def test_a_team_hears_once_of_everything_that_is_another_and_the_others_hear_nothing(house):
    handover = await told(house)
    await house.hear(accepted(handover))
    _, of_practice, of_pharmacy = handover.tasks
    more = a_task_made(offer_id=handover.offers[0].offer_id)
    await house.hear(
        replanned(handover, tasks=(later(of_practice), more), cancelled=(of_pharmacy.task_id,))
    )
    await house.deliver()

    assert await kinds_after(house, 4) == [(PHARMACY, "changed", 1), (ELM_TREE, "changed", 2)]
    assert "The hospital has corrected what it said of the discharge." in words_to(house, ELM_TREE)
    assert len(house.mails_to("ward-zta@teams.example.net")) == 1
    assert len(house.mails_to(EDNA_MAIL)) == 1, "the patient reads it on the page"


async def test_a_team_that_is_asked_anew_is_told_of_its_offer(house):
    handover = await told(house)
    offer = new_id()
    await house.hear(
        replanned(
            handover,
            offers=(OfferMade(offer_id=offer, team=COMMUNITY, role="community-nursing"),),
            tasks=(a_task_made("community-follow-up", rule_id="R14", offer_id=offer),),
        )
    )
    await house.deliver()

    assert await kinds_after(house, 4) == [(COMMUNITY, "opened", 1)]
    assert "has been asked to take on 1 task" in words_to(house, COMMUNITY)


async def test_a_question_about_a_stay_is_the_wards_and_its_patient_never_hears_of_it(house):
    question = opened(
        offers=(), tasks=(a_task_made("answer-discharged-or-not", rule_id="question-late"),)
    )
    await house.hear(described(), question)
    await house.deliver()

    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("nothing-to-tell", False)
    assert house.mails_to(EDNA_MAIL) == []
    assert len(house.mails_to("ward-zta@teams.example.net")) == 1


async def test_a_duty_that_joins_is_told_to_its_owner_as_one_more(house):
    handover = await told(house)
    await house.hear(replanned(handover, tasks=(a_task_made("reach-person"),)))

    assert await kinds_after(house, 4) == [(WARD, "added", 1)]


async def test_a_plan_that_is_the_same_again_bothers_nobody(house):
    handover = await told(house)
    await house.hear(replanned(handover, tasks=handover.tasks, cancelled=(new_id(),)))

    assert await kinds_after(house, 4) == []


async def test_what_was_done_stays_done(house):
    handover = await told(house)
    await house.database.pool.execute("UPDATE plan_tasks SET status = 'completed'")
    await house.hear(
        replanned(
            handover,
            tasks=[later(task) for task in handover.tasks],
            cancelled=[task.task_id for task in handover.tasks],
        )
    )

    assert await kinds_after(house, 4) == []
    rows = await house.database.pool.fetch("SELECT DISTINCT status FROM plan_tasks")
    assert [row["status"] for row in rows] == ["completed"]


async def test_the_patients_page_shows_the_new_days(house):
    handover = await told(house)
    task = later(handover.tasks[1], 3)
    await house.hear(replanned(handover, tasks=(task,), cancelled=(handover.tasks[2].task_id,)))

    async with knock(house.app(), Accept="text/html") as browser:
        html = (await browser.get(await path_of_link(house))).text

    assert f"by {day_in_words(task.due_at, LONDON)}" in html
    assert "Station Road Pharmacy" not in html


async def test_a_changed_plan_of_a_withdrawn_handover_is_told_to_nobody(house):
    handover = await told(house)
    await house.hear(withdrawn(handover))
    before = len(house.mailbox.messages())
    await house.deliver()
    await house.hear(replanned(handover, tasks=(later(handover.tasks[1]),)))
    await house.deliver()

    assert len(house.mailbox.messages()) == before + 3, "three times stop, and nothing else"


async def test_who_is_back_in_hospital_is_not_written_to_at_home(house):
    handover = opened()
    await house.hear(described(), handover, replanned(handover, "readmitted"))
    await house.deliver()
    assert await patient_alert(house) == ("waiting", "readmitted")

    await house.hear(replanned(handover, "readmission-cancelled"))
    await house.deliver()

    assert await patient_alert(house) == ("sent", "")


async def test_who_stays_in_hospital_is_told_by_a_person_in_the_end(house):
    handover = opened()
    await house.hear(described(), handover, replanned(handover, "readmitted"))
    await house.database.pool.execute("UPDATE alerts SET made_at = made_at - interval '73 hours'")
    await house.deliver()

    (said,) = await about_the_patient(house, AlertNotDelivered)
    assert (said.reason, said.needs_person) == ("too-late-to-send", True)


@pytest.mark.parametrize(("hours", "sent"), [(23, True), (25, False)])
async def test_a_discharge_of_yesterday_is_told_to_teams_by_mail_and_to_its_patient_by_a_person(
    house, hours, sent
):
    left = house.now - timedelta(hours=hours)
    await house.hear(described(), opened(clock_started_at=left))
    await house.deliver()

    assert len(house.mailbox.messages()) == 3 + sent
    late = [
        (said.reason, said.needs_person)
        for said in await about_the_patient(house, AlertNotDelivered)
    ]
    assert late == ([] if sent else [("too-late-to-send", True)])


async def test_after_a_feed_was_down_for_two_days_no_patient_gets_a_flood_of_old_messages(house):
    left = house.now - timedelta(days=2)
    keys = [f"{number:032x}" for number in range(40)]
    await house.hear(*map(described, keys), *(opened(key, clock_started_at=left) for key in keys))
    await house.deliver()

    said = await about_the_patient(house, AlertNotDelivered)
    assert {one.reason for one in said} == {"too-late-to-send"}
    assert len(said) == len(keys)
    assert house.mails_to(EDNA_MAIL) == []
    assert len(house.mailbox.messages()) == 3 * len(keys), "teams are told, however late"


async def test_an_event_that_is_heard_again_after_a_restore_does_not_write_to_a_patient(house):
    event = opened()
    old = house.arrival(event, occurred_at=house.now - timedelta(days=3))
    await house.hear(described())
    await house.hear_again([old])
    await house.deliver()

    assert house.mails_to(EDNA_MAIL) == []
    assert event.patient_key == EDNA
