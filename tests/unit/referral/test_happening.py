"""What happens on the way: proof closes work, work that does two things closes both, and nothing is taken in twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.referral.domain.facts import SomethingHappened
from services.referral.domain.handover import Whole
from services.referral.domain.happening import done, happen
from services.referral.domain.rules import HAPPENED, Playbook
from services.referral.domain.task_facts import TaskChanged
from tests.unit.referral.builders import (
    NOW,
    WARD,
    a_playbook,
    a_whole,
    by_rule,
    new_id,
    with_handover,
    with_tasks,
)

RECEIVED = "summary-acknowledged"
LATER = NOW + timedelta(hours=2)


def said(whole: Whole, code: str = RECEIVED, at=LATER, playbook: Playbook | None = None):
    return happen(whole, code, at, LATER, playbook or a_playbook(), new_id)


def completed(whole: Whole, rule_id: str, playbook: Playbook | None = None):
    task = by_rule(whole, rule_id)
    fact = TaskChanged(task.task_id, "completed", task.owner_team, LATER, "staff.somebody", "done")
    return done(whole, fact, LATER, playbook or a_playbook(), new_id)


def with_rule(playbook: Playbook, rule_id: str, **changes) -> Playbook:
    rules = tuple(
        replace(rule, **changes) if rule.id == rule_id else rule for rule in playbook.rules
    )
    return replace(playbook, rules=rules)


def without_rule(playbook: Playbook, rule_id: str) -> Playbook:
    return replace(playbook, rules=tuple(rule for rule in playbook.rules if rule.id != rule_id))


def test_the_practices_word_that_it_has_the_summary_closes_the_wards_task():
    whole = a_whole()

    happened, closed, *_ = said(whole)

    assert happened == SomethingHappened(RECEIVED, LATER, LATER, "system")
    assert (closed.task_id, closed.status) == (by_rule(whole, "R01").task_id, "completed")
    assert closed.reason == HAPPENED + RECEIVED


def test_what_is_known_already_changes_nothing():
    known = with_handover(a_whole(), happened={RECEIVED: LATER})

    assert said(known) == ()


@pytest.mark.parametrize("state", ["completed", "withdrawn"])
def test_nothing_happens_in_a_handover_that_is_over(state):
    assert said(with_handover(a_whole(), state=state)) == ()


def test_a_task_whose_rule_has_gone_stays_with_whoever_has_it():
    """What would prove it done went with the rule; a person says so instead."""
    gone = without_rule(a_playbook(), "R01")

    facts = said(a_whole(), playbook=gone)

    assert isinstance(facts[0], SomethingHappened)
    assert all(not isinstance(fact, TaskChanged) for fact in facts)
    assert completed(a_whole(), "R01", gone) == ()


def test_one_act_that_does_two_things_closes_both_tasks():
    both = with_rule(a_playbook(), "R01", completes_also=("R06",))
    whole = with_tasks(a_whole(), "R06", status="accepted")

    also, *_ = completed(whole, "R01", both)

    assert (also.task_id, also.status) == (by_rule(whole, "R06").task_id, "completed")
    assert (also.by, also.reason) == ("staff.somebody", "done")


def test_what_nobody_has_accepted_yet_is_not_closed_beside_it():
    """The team that was asked would never learn what it need not do."""
    both = with_rule(a_playbook(), "R01", completes_also=("R06",))

    assert by_rule(a_whole(), "R06").status == "requested"
    assert all(not isinstance(fact, TaskChanged) for fact in completed(a_whole(), "R01", both))


def test_what_a_finished_task_means_happens_with_it_and_asks_for_the_next():
    """The rule of the summary made to begin the letter with the missing results."""
    then = with_rule(a_playbook(), "R01", then="results-pending")

    facts = completed(a_whole(), "R01", then)

    assert [fact.code for fact in facts if isinstance(fact, SomethingHappened)] == [
        "results-pending"
    ]
    asked = [task for fact in facts for task in getattr(fact, "tasks", ())]
    assert {task.owner_team for task in asked if task.rule_id == "R04"} == {WARD}
