"""Accepting and declining: ownership moves on acceptance and at no other moment."""

from dataclasses import replace

import pytest

from services.referral.domain import answering
from services.referral.domain.handover import Whole
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    NOW,
    WARD,
    a_whole,
    by_rule,
    offer_to,
    refused,
    somebody,
)


def test_acceptance_moves_the_tasks_of_the_offer_and_no_others():
    whole = a_whole()

    fact = answering.accept(whole, offer_to(whole, ELM_TREE).offer_id, somebody(ELM_TREE), NOW)

    assert fact.tasks == (by_rule(whole, "R06").task_id,)
    assert fact.team == ELM_TREE


def test_coordination_stays_with_the_sender_unless_it_is_taken():
    whole = a_whole()
    offer_id = offer_to(whole, ELM_TREE).offer_id

    kept = answering.accept(whole, offer_id, somebody(ELM_TREE), NOW)
    taken = answering.accept(whole, offer_id, somebody(ELM_TREE), NOW, take_coordination=True)

    assert (kept.takes_coordination, kept.coordinator_team) == (False, WARD)
    assert (taken.takes_coordination, taken.coordinator_team) == (True, ELM_TREE)


def test_only_the_team_that_was_asked_can_answer():
    whole = a_whole()
    offer_id = offer_to(whole, ELM_TREE).offer_id

    for team in (WARD, COMMUNITY):
        refusal = refused(answering.accept, whole, offer_id, somebody(team), NOW)
        assert refusal == "offer.not_yours"


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn"])
def test_an_answered_offer_is_not_answered_again(state):
    whole = a_whole()
    offers = tuple(replace(offer, state=state) for offer in whole.offers)
    answered = Whole(whole.handover, offers, whole.tasks)
    asked = (answered, offer_to(whole, ELM_TREE).offer_id, somebody(ELM_TREE), NOW)

    assert refused(answering.accept, *asked) == f"offer.already_{state}"
    assert refused(answering.decline, *asked, reason="no-capacity") == f"offer.already_{state}"


def test_nothing_is_accepted_after_a_withdrawal():
    whole = a_whole()
    withdrawn = replace(whole, handover=replace(whole.handover, state="withdrawn"))
    offer_id = offer_to(whole, ELM_TREE).offer_id

    refusal = refused(answering.accept, withdrawn, offer_id, somebody(ELM_TREE), NOW)

    assert refusal == "handover.withdrawn"


def test_a_decline_with_a_coded_reason_leaves_the_tasks_with_the_sender():
    whole = a_whole()

    fact = answering.decline(
        whole, offer_to(whole, ELM_TREE).offer_id, somebody(ELM_TREE), NOW, reason="not-our-patient"
    )

    assert (fact.owner_team, fact.reason) == (WARD, "not-our-patient")


@pytest.mark.parametrize("reason", ["", "because", "NOT-OUR-PATIENT"])
def test_a_decline_needs_one_of_the_listed_reasons(reason):
    whole = a_whole()
    offer_id = offer_to(whole, ELM_TREE).offer_id

    refusal = refused(answering.decline, whole, offer_id, somebody(ELM_TREE), NOW, reason=reason)

    assert refusal == "offer.reason_unknown"
