"""The ladder that silence climbs: warned on the way, told at the breach, told again, and never twice at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.referral.domain.escalating import escalate
from services.referral.domain.handover import Task, Whole
from services.referral.domain.task_facts import TaskEscalated, TaskWarned
from tests.unit.referral.builders import (
    ELM_TREE,
    SAFETY,
    WARD,
    a_playbook,
    a_whole,
    by_rule,
    london,
)

LEFT = london("2026-10-23 10:15")
"""In summer time; the clocks go back in the second night."""


def after(task: Task, fact: TaskWarned | TaskEscalated) -> Task:
    step = fact.step if isinstance(fact, TaskEscalated) else task.escalation_step
    return replace(task, ladder_step=fact.ladder_step, rings_at=fact.rings_at, escalation_step=step)


def climb(whole: Whole, task: Task, until) -> list[TaskWarned | TaskEscalated]:
    """Everything said about a task when each ring is answered at once."""
    said = []
    while task.rings_at is not None and task.rings_at <= until:
        fact = escalate(task, whole, task.rings_at, a_playbook())
        assert fact is not None
        said.append(fact)
        task = after(task, fact)
    return said


def test_warned_at_half_and_at_four_fifths_then_told_then_told_again():
    whole = a_whole(discharged_at=LEFT)
    task = by_rule(whole, "R01")

    said = climb(whole, task, task.due_at + timedelta(days=4))

    marks = [fact.milestone for fact in said]
    assert marks[:3] == ["50%", "80%", "breach"]
    assert all(isinstance(fact, TaskWarned) for fact in said[:2])
    assert len(said) >= 5
    assert [fact.step for fact in said if isinstance(fact, TaskEscalated)] == list(
        range(1, len(said) - 1)
    )


def test_a_warning_at_four_fifths_counts_elapsed_hours_across_the_clock_change():
    """S12: 80 % of 48 hours from Fri 23 Oct 10:15 is Sun 25 Oct 00:39, still in summer time."""
    whole = a_whole(discharged_at=LEFT)
    task = replace(
        by_rule(whole, "R01"),
        due_at=LEFT + timedelta(hours=48),
        anchored_at=LEFT,
        ladder_step=1,
        rings_at=LEFT + timedelta(hours=24),
    )

    fact = escalate(replace(task, ladder_step=0), whole, LEFT + timedelta(hours=24), a_playbook())

    assert fact is not None
    assert fact.rings_at == london("2026-10-25 00:39")


def test_what_passed_together_in_an_outage_is_said_once():
    whole = a_whole()
    task = by_rule(whole, "R01")

    fact = escalate(task, whole, task.due_at + timedelta(minutes=5), a_playbook())

    assert isinstance(fact, TaskEscalated)
    assert (fact.milestone, fact.step) == ("breach", 1)
    assert fact.rings_at is not None
    assert fact.rings_at > task.due_at + timedelta(minutes=5)


def test_the_first_word_of_a_breach_is_said_as_such_however_late_it_comes():
    """Days after the deadline, in an outage: whoever hears of it now has not heard of it before."""
    whole = a_whole()
    task = by_rule(whole, "R01")

    fact = escalate(task, whole, task.due_at + timedelta(days=6), a_playbook())

    assert isinstance(fact, TaskEscalated)
    assert (fact.milestone, fact.step) == ("breach", 1)
    assert SAFETY in fact.told_teams


def test_who_has_not_answered_is_told_beside_who_is_accountable():
    whole = a_whole()
    task = by_rule(whole, "R06")

    breach = escalate(task, whole, task.due_at, a_playbook())

    assert breach is not None
    assert breach.told_teams[:2] == (WARD, ELM_TREE)
    assert SAFETY in breach.told_teams


@pytest.mark.parametrize("days", [1, 30, 400])
def test_a_ladder_never_ends_before_its_task(days):
    whole = a_whole()
    task = by_rule(whole, "R01")
    now = task.due_at + timedelta(days=days)

    fact = escalate(replace(task, ladder_step=9, escalation_step=6), whole, now, a_playbook())

    assert isinstance(fact, TaskEscalated)
    assert fact.rings_at is not None
    assert fact.rings_at > now
