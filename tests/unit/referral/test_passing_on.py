"""Passing work on: somebody has it at every moment, the clock stays, and nobody is sent round in circles."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.referral.domain import answering, passing_on
from services.referral.domain.escalating import unanswered
from services.referral.domain.handover import Whole
from services.referral.domain.offer_facts import OfferRedirected
from services.referral.domain.task_facts import TaskAdded
from tests.unit.referral.builders import (
    ELM_TREE,
    HARBOUR,
    NOW,
    PHARMACY,
    WARD,
    a_playbook,
    a_whole,
    accepted,
    by_rule,
    london,
    new_id,
    offer_to,
    refused,
    somebody,
    with_offer,
)

AT_ELM_TREE = somebody(ELM_TREE)


def team(team_id: str):
    return a_playbook().directory.teams[team_id]


def redirect(whole: Whole, team_id: str = ELM_TREE, to: str = HARBOUR, person=None, now=NOW):
    return passing_on.redirect(
        whole,
        offer_to(whole, team_id).offer_id,
        team(to),
        person or somebody(team_id),
        now,
        a_playbook(),
        new_id,
        reason="wrong-service",
    )


def after(whole: Whole, fact: OfferRedirected) -> Whole:
    """The handover once the offer was passed on."""
    offers = (*with_offer(whole, fact.team, "redirected").offers, fact.offer)
    tasks = tuple(
        replace(task, owner_team=fact.team, offer_id=fact.offer.offer_id, status="requested")
        if task.task_id in fact.tasks
        else task
        for task in whole.tasks
    )
    return replace(whole, offers=offers, tasks=tasks)


def test_who_passes_it_on_is_accountable_until_the_next_one_accepts():
    """H10: whether they had accepted or not; else everybody thinks that another team has it."""
    for whole in (a_whole(), accepted(a_whole(), ELM_TREE)):
        [fact] = redirect(whole)

        assert isinstance(fact, OfferRedirected)
        assert (fact.team, fact.offer.team, fact.offer.from_team) == (ELM_TREE, HARBOUR, ELM_TREE)
        assert set(fact.tasks) == {by_rule(whole, "R06").task_id}
        assert after(whole, fact).task(fact.tasks[0]).owner_team == ELM_TREE


def test_the_next_team_has_five_working_days_to_answer():
    """S05: passed on Thu 8 Oct, to be accepted by the close of Thu 15 Oct."""
    [fact] = redirect(a_whole(), now=london("2026-10-08 14:00"))

    assert fact.offer.accept_by == london("2026-10-15 18:30")
    assert fact.offer.redirect_count == 1
    assert fact.offer.redirects == offer_to(a_whole(), ELM_TREE).offer_id


def test_passed_on_twice_a_clinical_lead_decides():
    """A10: the third time it stays where it is, and somebody by name has to say where it belongs."""
    whole, third, fourth = a_whole(), "practice-Z90004", "practice-Z90005"
    [first] = redirect(whole)
    whole = after(whole, first)
    [second] = redirect(whole, HARBOUR, third)
    whole = after(whole, second)

    facts = redirect(whole, third, fourth)

    assert second.offer.redirect_count == 2
    assert not any(isinstance(fact, OfferRedirected) for fact in facts)
    assert all(isinstance(fact, TaskAdded) for fact in facts)
    lead = somebody("clinical-lead-ZTA")
    [decided] = redirect(whole, third, fourth, lead)
    assert isinstance(decided, OfferRedirected)
    assert (decided.team, decided.offer.team) == (third, fourth)


def test_nobody_passes_on_what_is_not_theirs_or_to_themselves():
    whole = a_whole()

    def act(person, to):
        return refused(redirect, whole, ELM_TREE, to, person)

    assert act(somebody(PHARMACY), HARBOUR) == "offer.not_yours"
    assert act(AT_ELM_TREE, ELM_TREE) == "team.same"
    assert act(AT_ELM_TREE, PHARMACY) == "team.same"  # asked already, and has not answered


def test_declined_after_a_redirect_it_goes_back_to_who_passed_it_on():
    """Never to the GP by default."""
    whole = a_whole()
    [fact] = redirect(whole)
    whole = after(whole, fact)

    declined = answering.decline(
        whole, fact.offer.offer_id, somebody(HARBOUR), NOW, reason="not-our-patient"
    )

    assert declined.owner_team == ELM_TREE


def test_an_offer_that_nobody_answers_is_told_to_both_sides_once():
    [fact] = redirect(a_whole())
    whole = after(a_whole(), fact)
    late = fact.offer.accept_by + timedelta(seconds=1)

    assert unanswered(whole, fact.offer, NOW, a_playbook()) is None
    told = unanswered(whole, fact.offer, late, a_playbook())
    assert told is not None
    assert {ELM_TREE, HARBOUR, WARD} <= set(told.told_teams)
    assert unanswered(whole, replace(fact.offer, unanswered=True), late, a_playbook()) is None


def test_one_task_is_handed_on_with_its_deadline():
    whole = accepted(a_whole(), ELM_TREE)
    task = by_rule(whole, "R06")

    fact = passing_on.hand_on(
        whole,
        task.task_id,
        team(HARBOUR),
        AT_ELM_TREE,
        NOW,
        a_playbook(),
        new_id,
        reason="handed-on",
    )

    assert (fact.owner_team, fact.offer.team, fact.tasks) == (ELM_TREE, HARBOUR, (task.task_id,))
    assert fact.offer.accept_by == london("2026-11-25 18:30")


def test_what_is_not_accepted_yet_cannot_be_handed_on():
    whole = a_whole()
    task = by_rule(whole, "R06")

    said = refused(
        passing_on.hand_on,
        whole,
        task.task_id,
        team(HARBOUR),
        somebody(WARD),
        NOW,
        a_playbook(),
        new_id,
        reason="handed-on",
    )

    assert said == "task.offer_not_accepted"


def test_what_a_team_has_accepted_it_does_not_pass_on_to_itself():
    whole = accepted(a_whole(), ELM_TREE)

    assert refused(redirect, whole, ELM_TREE, ELM_TREE, AT_ELM_TREE) == "team.same"


@pytest.mark.parametrize("state", ["declined", "withdrawn", "redirected"])
def test_what_is_answered_is_not_passed_on(state):
    whole = with_offer(a_whole(), ELM_TREE, state)

    assert refused(redirect, whole).startswith("offer.")
    assert not refused(redirect, whole).startswith("offer.not_yours")


def test_the_clinical_lead_is_asked_once_and_is_the_one_where_the_work_lies():
    """While they have not decided, another attempt makes no second task."""
    whole, third, fourth = a_whole(), "practice-Z90004", "practice-Z90005"
    for team_id, to in ((ELM_TREE, HARBOUR), (HARBOUR, third)):
        [fact] = redirect(whole, team_id, to)
        whole = after(whole, fact)

    [asked] = redirect(whole, third, fourth)

    assert isinstance(asked, TaskAdded)
    assert asked.task.owner_team == "clinical-lead-ZTA"
    whole = replace(whole, tasks=(*whole.tasks, asked.task))
    assert redirect(whole, third, fourth) == ()


def test_what_is_handed_on_keeps_the_count_of_how_often_it_was_passed_on():
    whole = accepted(a_whole(), ELM_TREE)
    task = by_rule(whole, "R06")
    offers = tuple(
        replace(offer, redirect_count=1) if offer.team == ELM_TREE else offer
        for offer in whole.offers
    )

    moved = hand_on(replace(whole, offers=offers), task)

    assert moved.offer.redirect_count == 1
    assert hand_on(whole, task).offer.redirect_count == 0
    assert hand_on(whole, replace(task, offer_id=None)).offer.redirect_count == 0


def test_only_the_owner_hands_on_and_only_for_a_reason_that_has_a_code():
    whole = accepted(a_whole(), ELM_TREE)
    task = by_rule(whole, "R06")

    assert refused(hand_on, whole, task, person=somebody(PHARMACY)) == "task.not_yours"
    assert refused(hand_on, whole, task, reason="tired") == "offer.reason_unknown"
    assert refused(hand_on, whole, task, to=ELM_TREE) == "team.same"


def hand_on(whole, task, *, person=AT_ELM_TREE, reason="handed-on", to=HARBOUR):
    whole = replace(
        whole, tasks=tuple(task if one.task_id == task.task_id else one for one in whole.tasks)
    )
    return passing_on.hand_on(
        whole, task.task_id, team(to), person, NOW, a_playbook(), new_id, reason=reason
    )
