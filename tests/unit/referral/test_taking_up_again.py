"""Taking a task, putting it back, and taking up what was closed."""

from dataclasses import replace
from datetime import timedelta

from services.referral.domain import reopening, taking
from services.referral.domain.facts import HandoverReopened
from services.referral.domain.task_facts import TaskAdded
from tests.unit.referral.builders import (
    ELM_TREE,
    NOW,
    PHARMACY,
    WARD,
    a_playbook,
    a_whole,
    accepted,
    by_rule,
    new_id,
    refused,
    somebody,
    with_handover,
    with_tasks,
)

AT_WARD = somebody(WARD)


def reopen(whole, rule, person=AT_WARD, now=NOW, reason="not-done"):
    task_id = by_rule(whole, rule).task_id
    return reopening.reopen(whole, task_id, person, now, a_playbook(), new_id, reason=reason)


def test_a_task_is_one_persons_at_a_time():
    whole = with_tasks(a_whole(), "R01", owner_person="staff.colleague")
    task_id = by_rule(whole, "R01").task_id

    assert refused(taking.claim, whole, task_id, AT_WARD, NOW) == "task.taken"
    assert taking.claim(whole, task_id, AT_WARD, NOW, take_over=True).person == AT_WARD.ref
    assert taking.put_back(whole, task_id, AT_WARD, NOW).person == ""
    assert taking.reassign(whole, task_id, AT_WARD, NOW, to="staff.third").person == "staff.third"


def test_nobody_takes_what_their_team_does_not_have():
    whole = a_whole()

    assert refused(taking.claim, whole, by_rule(whole, "R01").task_id, somebody(PHARMACY), NOW) == (
        "task.not_yours"
    )
    assert refused(taking.claim, whole, by_rule(whole, "R06").task_id, AT_WARD, NOW) == (
        "task.offer_not_accepted"
    )
    done = with_tasks(whole, "R01", status="completed")
    assert refused(taking.claim, done, by_rule(done, "R01").task_id, AT_WARD, NOW) == "task.closed"


def test_what_was_closed_is_taken_up_as_a_new_task_that_follows_it():
    """C9: a final status stays final."""
    whole = with_tasks(accepted(a_whole(), ELM_TREE), "R06", status="completed")
    old = by_rule(whole, "R06")

    [added] = reopen(whole, "R06", somebody(ELM_TREE))

    assert isinstance(added, TaskAdded)
    assert (added.task.follows, added.task.owner_team) == (old.task_id, ELM_TREE)
    assert (added.task.offer_id, added.task.status) == (old.offer_id, "accepted")
    assert added.task.due_at == old.due_at


def test_what_was_not_done_in_time_is_late_when_it_is_taken_up():
    whole = with_tasks(a_whole(), "R01", status="completed")
    now = by_rule(whole, "R01").due_at + timedelta(days=2)

    [added] = reopen(whole, "R01", now=now)

    assert added.task.due_at == now
    assert added.task.rings_at == now


def test_a_completed_handover_goes_on_with_it():
    whole = with_handover(with_tasks(a_whole(), "R01", status="completed"), state="completed")

    reopened, added = reopen(whole, "R01")

    assert isinstance(reopened, HandoverReopened)
    assert isinstance(added, TaskAdded)


def test_what_cannot_be_taken_up_again_says_why():
    whole = with_tasks(a_whole(), "R01", status="completed")

    assert refused(reopen, a_whole(), "R01") == "task.open"
    assert refused(reopen, whole, "R01", somebody(PHARMACY)) == "task.not_yours"
    assert refused(reopen, whole, "R01", reason="because") == "offer.reason_unknown"
    withdrawn = with_handover(whole, state="withdrawn")
    assert refused(reopen, withdrawn, "R01") == "handover.withdrawn"
    gone = replace(whole, tasks=tuple(replace(task, rule_id="gone") for task in whole.tasks))
    gone_id = gone.tasks[0].task_id
    assert (
        refused(
            reopening.reopen,
            replace(gone, tasks=(replace(gone.tasks[0], status="completed"),)),
            gone_id,
            AT_WARD,
            NOW,
            a_playbook(),
            new_id,
            reason="not-done",
        )
        == "rule.gone"
    )
