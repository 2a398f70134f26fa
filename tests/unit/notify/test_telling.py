from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.notify.domain import plan as plans
from services.notify.domain import telling
from services.notify.domain.alert import Audience, Kind
from services.notify.domain.plan import Answer, Standing
from services.notify.domain.underway import Contact
from tests.unit.notify.builders import (
    COMMUNITY,
    ELM_TREE,
    NOW,
    PHARMACY,
    SAFETY,
    WARD,
    a_plan,
    a_task,
)

OWN = a_task(1, offer_id=None, asked_team=WARD, answer=Answer.OWN, due_at=NOW + timedelta(days=1))


def told(tellings):
    return [(each.team or each.audience.value, each.kind.value) for each in tellings]


def test_an_opened_handover_tells_each_team_once_and_always_the_patient():
    plan = a_plan(OWN, a_task(2), a_task(3), a_task(4, offer_id=UUID(int=11), asked_team=PHARMACY))

    tellings = telling.on_opened(plan, [ELM_TREE, PHARMACY])

    assert told(tellings) == [
        (ELM_TREE, "opened"),
        (PHARMACY, "opened"),
        (WARD, "duty"),
        ("patient", "opened"),
    ]
    assert [each.task_count for each in tellings] == [2, 1, 1, 0]


def test_a_sender_without_a_duty_of_its_own_is_not_told_of_its_own_handover():
    tellings = telling.on_opened(a_plan(a_task(2)), [ELM_TREE])

    assert told(tellings) == [(ELM_TREE, "opened"), ("patient", "opened")]


def test_a_team_hears_its_earliest_deadline():
    soon = a_task(2, due_at=NOW + timedelta(hours=3))

    tellings = telling.on_opened(a_plan(a_task(1), soon), [ELM_TREE])

    assert tellings[0].due_at == soon.due_at


def test_an_offer_without_a_task_is_told_all_the_same():
    tellings = telling.on_opened(a_plan(), [COMMUNITY])

    assert told(tellings) == [(COMMUNITY, "opened"), ("patient", "opened")]
    assert tellings[0].due_at is None


def test_an_escalation_is_urgent_and_reaches_each_team_once():
    tellings = telling.on_escalated(a_plan(OWN), OWN.task_id, [WARD, SAFETY, WARD], NOW)

    assert told(tellings) == [(WARD, "escalated"), (SAFETY, "escalated")]
    assert all(each.urgent for each in tellings)


def test_a_failure_about_a_failure_asks_for_no_further_task():
    reach = replace(OWN, rule_id=plans.UNDELIVERED)
    plan = a_plan(reach)

    assert telling.on_added(reach)[0].last_resort
    assert telling.on_escalated(plan, reach.task_id, [WARD], NOW)[0].last_resort
    assert not telling.on_added(OWN)[0].last_resort
    assert not telling.on_escalated(a_plan(OWN), OWN.task_id, [WARD], NOW)[0].last_resort


def test_a_withdrawal_reaches_whoever_was_told_or_accepted_and_not_the_patient():
    accepted = a_task(2, owner_team=ELM_TREE, answer=Answer.ACCEPTED)

    tellings = telling.on_withdrawn(a_plan(OWN, accepted), {WARD}, "readmitted")

    assert told(tellings) == [(WARD, "withdrawn"), (ELM_TREE, "withdrawn")]
    assert all(each.audience is Audience.TEAM for each in tellings)
    assert {each.because for each in tellings} == {"readmitted"}


def test_an_accepted_offer_moves_its_tasks_and_no_others():
    plan = a_plan(OWN, a_task(2))

    after = plans.accept(plan, UUID(int=10), ELM_TREE, WARD)

    assert [task.owner_team for task in after.tasks] == [WARD, ELM_TREE]
    assert [task.answer for task in after.tasks] == [Answer.OWN, Answer.ACCEPTED]


def test_a_declined_offer_leaves_every_task_with_an_owner():
    after = plans.decline(a_plan(a_task(1)), UUID(int=10), WARD)

    assert [(task.owner_team, task.answer) for task in after.tasks] == [(WARD, Answer.DECLINED)]
    assert told(telling.on_declined(after, UUID(int=10), WARD)) == [(WARD, "declined")]


def test_a_task_that_is_added_twice_is_there_once():
    plan = plans.add(plans.add(a_plan(), OWN), OWN)

    assert plan.tasks == (OWN,)


def test_a_withdrawn_plan_keeps_what_was_done_and_cancels_the_rest():
    done = replace(a_task(2), status="completed")

    after = plans.withdraw(a_plan(OWN, done))

    assert after.standing is Standing.WITHDRAWN
    assert [task.status for task in after.tasks] == ["cancelled", "completed"]


def test_completing_and_changing_are_seen_on_the_plan():
    plan = plans.change(a_plan(OWN), OWN.task_id, "in-progress", WARD)

    assert plan.tasks[0].status == "in-progress"
    assert plans.complete(plan).standing is Standing.COMPLETED


def test_kinds_that_bear_on_safety_are_urgent_and_others_are_not():
    urgent = {kind for kind in Kind if telling.Telling(Audience.TEAM, kind, WARD).urgent}

    assert urgent == {Kind.ESCALATED, Kind.STILL_LATE, Kind.UNANSWERED, Kind.WITHDRAWN}


def replan(before, *made, cancelled=(), asked=()):
    after = plans.replan(before, made, cancelled, NOW - timedelta(hours=1))
    return after, telling.on_replanned(before, after, asked, "discharge-corrected")


def test_a_plan_that_is_made_again_keeps_owners_and_answers_and_has_other_days():
    taken = a_task(2, owner_team=ELM_TREE, answer=Answer.ACCEPTED, status="in-progress")
    moved = a_task(2, due_at=NOW + timedelta(days=9), not_before=NOW)

    after, tellings = replan(a_plan(OWN, taken), moved)

    assert after.tasks == (OWN, replace(taken, due_at=moved.due_at, not_before=NOW))
    assert after.clock_started_at == NOW - timedelta(hours=1)
    assert told(tellings) == [(ELM_TREE, "changed")]
    assert tellings[0].due_at == moved.due_at


def test_a_team_that_has_not_answered_hears_of_the_change_and_not_the_owner():
    _, tellings = replan(a_plan(a_task(1)), a_task(1, due_at=NOW))

    assert told(tellings) == [(ELM_TREE, "changed")]


def test_a_declined_task_concerns_its_owner():
    declined = a_task(1, answer=Answer.DECLINED)

    _, tellings = replan(a_plan(declined), cancelled={declined.task_id})

    assert told(tellings) == [(WARD, "changed")]
    assert tellings[0].due_at is None, "what is called off has no deadline"


def test_however_much_is_another_a_team_hears_once():
    here = a_task(1, owner_team=ELM_TREE, answer=Answer.ACCEPTED)
    gone = a_task(2, owner_team=ELM_TREE, answer=Answer.ACCEPTED)
    asked = a_task(4, offer_id=UUID(int=12), asked_team=COMMUNITY)
    known = a_task(5, offer_id=None, asked_team=WARD, answer=Answer.OWN)

    _, tellings = replan(
        a_plan(here, gone),
        replace(here, due_at=NOW),
        a_task(3),
        asked,
        known,
        cancelled={gone.task_id},
        asked=[COMMUNITY],
    )

    assert told(tellings) == [(COMMUNITY, "opened"), (ELM_TREE, "changed"), (WARD, "added")]
    assert [each.task_count for each in tellings] == [1, 3, 1]


def test_a_plan_that_is_the_same_again_is_told_to_nobody():
    done = a_task(2, status="completed")

    after, tellings = replan(
        a_plan(done, OWN), replace(done, due_at=NOW), OWN, cancelled={done.task_id}
    )

    assert tellings == []
    assert after.tasks == (done, OWN)


NEW_OFFER = UUID(int=77)


def test_a_warning_tells_each_team_on_the_step_once_with_milestone_and_priority():
    plan = a_plan(replace(OWN, priority="urgent"))

    tellings = telling.on_warned(plan, OWN.task_id, [WARD, SAFETY, WARD], NOW, "80%")

    assert told(tellings) == [(WARD, "warned"), (SAFETY, "warned")]
    assert {(each.milestone, each.priority, each.urgent) for each in tellings} == {
        ("80%", "urgent", True)
    }


def test_the_first_passed_deadline_is_an_escalation_and_later_steps_are_still_late():
    plan = a_plan(OWN)

    for milestone, kind in (("breach", "escalated"), ("breach+1wd", "still-late")):
        tellings = telling.on_escalated(plan, OWN.task_id, [WARD], NOW, milestone)
        assert told(tellings) == [(WARD, kind)]


def test_an_offer_made_later_tells_who_is_asked_and_who_stays_accountable():
    plan = plans.offer(a_plan(OWN), NEW_OFFER, [OWN.task_id], ELM_TREE, WARD, moved=True)

    tellings = telling.on_offered(plan, NEW_OFFER, [OWN.task_id], ELM_TREE, WARD, "handed-on")

    assert told(tellings) == [(ELM_TREE, "offered"), (WARD, "handed-on")]
    assert plan.tasks[0].owner_team == WARD, "nobody is without an owner meanwhile"


def test_a_redirect_tells_the_patient_only_of_a_referral():
    for purpose, patient in (("discharge", []), ("referral", [("patient", "redirected")])):
        plan = a_plan(a_task(1), purpose=purpose, sender_team=WARD)
        plan = plans.offer(plan, NEW_OFFER, [a_task(1).task_id], COMMUNITY, ELM_TREE, moved=False)
        tellings = telling.on_redirected(
            plan, NEW_OFFER, [a_task(1).task_id], COMMUNITY, "wrong-service"
        )
        assert told(tellings) == [(COMMUNITY, "offered"), (WARD, "redirected"), *patient]


def test_a_move_is_told_at_the_first_acceptance_and_not_at_the_next():
    other = UUID(int=78)
    plan = plans.offer(
        a_plan(a_task(1), a_task(2)), NEW_OFFER, [a_task(1).task_id], ELM_TREE, WARD, moved=True
    )
    plan = plans.offer(plan, other, [a_task(2).task_id], COMMUNITY, WARD, moved=True)

    assert told(telling.on_accepted(plan, NEW_OFFER, ELM_TREE)) == [("patient", "moved")]
    assert telling.on_accepted(plans.told_of_move(plan), other, COMMUNITY) == []


def test_a_contact_is_told_when_the_patient_would_ring_somebody_else():
    sam = Contact("proposed", WARD, "Sam Lee", "01632 960199", NOW)
    plan, named = a_plan(), a_plan(contact=sam)

    assert told(telling.on_contact(plan, named)) == [("patient", "contact")]
    assert telling.on_contact(named, a_plan(contact=replace(sam, state="chosen"))) == []
    assert telling.on_contact(named, plan) == []
    assert "Sam" not in repr(named), "a name stays out of logs"


@pytest.mark.parametrize(
    ("state", "patient"),
    [
        ("received", []),
        ("booked", []),
        ("rejected", [("patient", "returned")]),
        ("cancelled", [("patient", "called-off")]),
    ],
)
def test_a_referral_tells_who_referred_and_the_patient_where_it_ends_otherwise(state, patient):
    plan = a_plan(purpose="referral", sender_team=ELM_TREE)

    assert told(telling.on_referral(plan, state, COMMUNITY)) == [(ELM_TREE, "referral"), *patient]


def test_an_attended_appointment_is_no_news_and_a_missed_one_is_told_to_who_referred():
    plan = a_plan(sender_team=ELM_TREE)

    assert telling.on_appointment(plan, NEW_OFFER, "attended", COMMUNITY, NOW) == []
    missed = telling.on_appointment(plan, NEW_OFFER, "missed", COMMUNITY, NOW)
    assert told(missed) == [("patient", "appointment-missed"), (ELM_TREE, "referral")]
