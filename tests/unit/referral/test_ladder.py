"""The ladder that silence climbs: warned on the way, told at the breach, told again, and never twice at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.referral.domain.counting import ClockHours
from services.referral.domain.escalating import escalate, team_of, unanswered
from services.referral.domain.handover import Task, Whole
from services.referral.domain.ladder import time_of
from services.referral.domain.rules import Asked, Step
from services.referral.domain.task_facts import TaskEscalated, TaskWarned
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    NOW,
    SAFETY,
    WARD,
    a_playbook,
    a_whole,
    accepted,
    by_rule,
    london,
    offer_to,
    with_handover,
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


def test_without_words_of_its_rule_a_task_is_warned_of_at_half_and_at_four_fifths():
    """A rule that has gone leaves its tasks the usual ladder, which ends at the safety lead."""
    whole = a_whole(discharged_at=LEFT)
    task = replace(by_rule(whole, "R01"), rule_id="gone")
    task = replace(task, rings_at=LEFT)

    half = escalate(
        replace(task, rings_at=LEFT + timedelta(hours=12)),
        whole,
        LEFT + timedelta(hours=12),
        a_playbook(),
    )
    assert isinstance(half, TaskWarned)
    assert (half.milestone, half.rings_at) == ("50%", LEFT + timedelta(hours=19, minutes=12))
    late = escalate(after(task, half), whole, task.due_at, a_playbook())
    assert isinstance(late, TaskEscalated)
    assert late.told_teams == (WARD, SAFETY)


def test_the_last_step_is_taken_again_at_the_close_of_the_next_working_day():
    """The ward is open all week; passed on Saturday 24 October at 10:15, said again on Monday."""
    whole = a_whole(discharged_at=LEFT)
    task = by_rule(whole, "R01")
    at_breach = after(
        replace(task, ladder_step=2, rings_at=task.due_at), climb(whole, task, task.due_at)[-1]
    )

    assert at_breach.rings_at == london("2026-10-26 20:00")
    again = escalate(at_breach, whole, at_breach.rings_at, a_playbook())
    assert isinstance(again, TaskEscalated)
    assert (again.step, again.rings_at) == (2, london("2026-10-27 20:00"))


def test_a_step_after_the_breach_counts_from_the_deadline():
    whole = a_whole()
    task = by_rule(whole, "R01")
    step = Step("breach+24h", (), after=ClockHours(24))
    ward = a_playbook().directory.teams[WARD]

    assert time_of(step, task, ward.calendar, a_playbook()) == task.due_at + timedelta(hours=24)


def test_a_later_step_is_said_under_its_own_name_and_tells_whom_it_names():
    whole = a_whole()
    [rule] = [rule for rule in a_playbook().rules if rule.id == "R43"]
    task = replace(by_rule(whole, "R01"), rule_id="R43", ladder_step=3, escalation_step=1)
    now = task.due_at + timedelta(hours=24)

    fact = escalate(replace(task, rings_at=now), whole, now, a_playbook())

    assert rule.ladder[-1].at == "breach+24h"
    assert isinstance(fact, TaskEscalated)
    assert (fact.milestone, fact.step) == ("breach+24h", 2)
    assert {"clinical-lead-ZTA", SAFETY} <= set(fact.told_teams)


def test_the_ladder_means_the_coordinating_team_where_it_says_so_and_the_owner_where_it_says_that():
    whole = with_handover(accepted(a_whole(), ELM_TREE), coordinator_team=COMMUNITY)
    task = by_rule(whole, "R06")

    def meant(asked: Asked) -> str:
        return team_of(asked, task, whole.handover, a_playbook())

    assert meant(Asked("coordinator")) == COMMUNITY
    assert meant(Asked("owner")) == ELM_TREE
    assert meant(Asked("sender", "safety-lead")) == SAFETY
    assert meant(Asked("owner", "no-such-role")) == a_playbook().directory.last_resort.id


def test_silence_about_an_offer_is_told_at_the_minute_to_the_managers_of_both_sides():
    """Who owns is who asked, or the team that sent the patient; whoever coordinates hears it too."""
    whole = with_handover(a_whole(), coordinator_team=COMMUNITY)
    offer = replace(offer_to(whole, ELM_TREE), accept_by=NOW)

    told = unanswered(whole, offer, NOW, a_playbook())

    assert unanswered(whole, offer, NOW - timedelta(seconds=1), a_playbook()) is None
    assert told is not None
    assert told.owner_team == WARD
    assert told.told_teams[:3] == (WARD, ELM_TREE, COMMUNITY)
    assert "service-manager-ZTA" in told.told_teams
    nowhere = replace(offer, team="gone-for-good")
    assert unanswered(whole, nowhere, NOW, a_playbook()) is not None
