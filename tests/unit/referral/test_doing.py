"""Doing tasks, closing handovers, and what silence does."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.referral.domain import adding, closing, doing
from services.referral.domain.escalating import escalate
from services.referral.domain.handover import FINAL, Whole
from tests.unit.referral.builders import (
    ELM_TREE,
    NOW,
    PLACE,
    SAFETY,
    WARD,
    a_playbook,
    a_whole,
    by_rule,
    ids,
    london,
    refused,
    somebody,
)

AT_WARD = somebody(WARD)


def with_task(whole: Whole, rule: str, **changes) -> Whole:
    tasks = tuple(
        replace(task, **changes) if task.rule_id == rule else task for task in whole.tasks
    )
    return replace(whole, tasks=tasks)


def test_a_task_is_started_and_completed_by_its_owner():
    whole = a_whole()
    task_id = by_rule(whole, "R01").task_id

    started = doing.start(whole, task_id, AT_WARD, NOW)
    completed = doing.complete(with_task(whole, "R01", status="in-progress"), task_id, AT_WARD, NOW)

    assert (started.status, completed.status) == ("in-progress", "completed")


def test_nobody_works_on_what_another_team_owns():
    whole = a_whole()
    task_id = by_rule(whole, "R01").task_id

    for act in (doing.start, doing.complete):
        assert refused(act, whole, task_id, somebody(ELM_TREE), NOW) == "task.not_yours"


def test_the_sender_does_not_work_on_what_is_still_on_offer():
    whole = a_whole()

    refusal = refused(doing.start, whole, by_rule(whole, "R06").task_id, AT_WARD, NOW)

    assert refusal == "task.offer_not_accepted"


@pytest.mark.parametrize("status", sorted(FINAL))
def test_a_final_status_is_never_left(status):
    whole = with_task(a_whole(), "R01", status=status)

    refusal = refused(doing.start, whole, by_rule(whole, "R01").task_id, AT_WARD, NOW)

    assert not doing.MOVES[status]
    assert refusal == "task.move_not_allowed"


def test_a_task_of_a_window_is_done_early_only_with_a_reason():
    whole = with_task(a_whole(), "R14", status="accepted")
    task = by_rule(whole, "R14")
    early, in_time = NOW + timedelta(hours=1), NOW + timedelta(hours=25)

    assert refused(doing.complete, whole, task.task_id, AT_WARD, early) == "task.reason_missing"
    assert doing.complete(whole, task.task_id, AT_WARD, early, reason="At home already").reason
    assert doing.complete(whole, task.task_id, AT_WARD, in_time).status == "completed"


def test_a_task_that_asks_for_an_outcome_is_not_completed_without_one():
    whole = with_task(a_whole(), "R01", needs_outcome=True)
    task_id = by_rule(whole, "R01").task_id

    assert (
        refused(doing.complete, whole, task_id, AT_WARD, NOW, reason="  ") == "task.reason_missing"
    )


def test_a_failed_task_needs_a_reason_and_leaves_a_follow_on_for_the_coordinator():
    whole = a_whole()
    task_id = by_rule(whole, "R01").task_id

    failed = doing.fail(whole, task_id, AT_WARD, NOW, reason="No number reaches them")
    [added] = adding.follow_on(whole, failed, a_playbook(), ids())

    assert refused(doing.fail, whole, task_id, AT_WARD, NOW, reason=" ") == "task.reason_missing"
    assert (added.task.follows, added.task.owner_team, added.task.status) == (
        task_id,
        WARD,
        "accepted",
    )
    assert added.task.due_at == london("2026-11-25 20:00")


def test_a_message_that_reached_nobody_becomes_a_persons_task_within_a_working_day():
    """R77; a bank holiday weekend is not a working day."""
    undelivered = adding.Undelivered(UUID(int=9), "", london("2026-12-24 17:00"))

    [added] = adding.reach_person(a_whole(), undelivered, NOW, a_playbook(), ids())

    assert (added.task.code, added.task.rule_id) == ("reach-person", "undelivered")
    assert (added.task.owner_team, added.task.needs_outcome) == (WARD, True)
    assert added.task.due_at == london("2026-12-29 20:00")


def test_somebody_must_be_reached_even_after_a_withdrawal():
    """Whoever was told must stop: a message that says so and does not arrive is the most urgent of all."""
    whole = a_whole()
    withdrawn = replace(whole, handover=replace(whole.handover, state="withdrawn"))
    undelivered = adding.Undelivered(UUID(int=9), ELM_TREE, NOW)

    [added] = adding.reach_person(withdrawn, undelivered, NOW, a_playbook(), ids())
    later = replace(withdrawn, tasks=(added.task,))

    assert doing.complete(later, added.task.task_id, AT_WARD, NOW, reason="Rang them").status
    assert escalate(added.task, later, added.task.due_at, a_playbook())


def test_a_coordinator_whom_no_message_reaches_gets_one_task_and_no_more():
    """Else each task would send a message, and each message that reaches nobody would make a task."""
    whole = a_whole()
    to_ward = adding.Undelivered(UUID(int=9), WARD, NOW)
    to_patient = adding.Undelivered(UUID(int=10), "", NOW)

    [first] = adding.reach_person(whole, to_ward, NOW, a_playbook(), ids())
    later = replace(whole, tasks=(*whole.tasks, first.task))

    assert adding.reach_person(later, to_ward, NOW, a_playbook(), ids()) == ()
    assert len(adding.reach_person(later, to_patient, NOW, a_playbook(), ids())) == 1


def test_silence_tells_the_owner_and_the_safety_lead_and_closes_nothing():
    whole = a_whole()
    task = by_rule(whole, "R01")

    fact = escalate(task, whole, task.due_at, a_playbook())

    assert fact is not None
    assert fact.told_teams == (WARD, SAFETY)
    assert fact.due_at == task.due_at


@pytest.mark.parametrize(
    "change",
    [
        {"status": "completed"},
        {"status": "cancelled"},
        {"ladder_step": 3, "rings_at": NOW + timedelta(days=3)},
        {"due_at": NOW + timedelta(days=9), "rings_at": NOW + timedelta(days=4)},
    ],
    ids=["done", "called off", "told already", "not due any more"],
)
def test_there_is_nothing_to_escalate(change):
    whole = a_whole()
    task = replace(by_rule(whole, "R01"), **change)

    assert escalate(task, whole, NOW + timedelta(days=2), a_playbook()) is None


def test_a_ladder_always_ends_at_somebody():
    """A hospital whose safety lead the directory does not know."""
    whole = a_whole(provider="ZZZ")
    task = by_rule(whole, "R01")

    fact = escalate(task, whole, task.due_at, a_playbook())

    assert fact is not None
    assert fact.told_teams == (PLACE,)


def test_a_handover_is_complete_when_every_task_is_closed():
    whole = a_whole()
    done = replace(whole, tasks=tuple(replace(task, status="completed") for task in whole.tasks))

    assert refused(closing.complete, whole, AT_WARD, NOW) == "handover.tasks_still_open"
    assert closing.complete(done, AT_WARD, NOW).by == AT_WARD.ref


def test_a_withdrawal_calls_off_everything_that_is_open():
    whole = with_task(a_whole(), "R01", status="completed")

    [fact] = closing.withdraw(whole, AT_WARD, NOW, reason="discharge-cancelled")

    assert set(fact.tasks) == {task.task_id for task in whole.tasks if task.rule_id != "R01"}
    assert set(fact.offers) == {offer.offer_id for offer in whole.offers}


def test_only_the_coordinator_closes():
    whole, elsewhere = a_whole(), somebody(ELM_TREE)

    for act, said in ((closing.complete, {}), (closing.withdraw, {"reason": "deceased"})):
        assert refused(act, whole, elsewhere, NOW, **said) == "handover.not_the_coordinator"


def test_a_withdrawal_needs_one_of_the_listed_reasons():
    assert refused(closing.withdraw, a_whole(), AT_WARD, NOW, reason="") == "offer.reason_unknown"
