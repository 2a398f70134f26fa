"""The contact of a patient with many teams: proposed by a team, chosen by the patient, and missed until somebody is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.referral.domain import coordinating
from services.referral.domain.handover import Coordinator, Whole
from services.referral.domain.people import PATIENT
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    HARBOUR,
    NOW,
    PHARMACY,
    WARD,
    a_playbook,
    a_whole,
    new_id,
    refused,
    somebody,
    with_handover,
    with_offer,
)

PLACE_TEAM = "place-ZPL"
NURSE = Coordinator("proposed", COMMUNITY, "Amina Yusuf", "01632 960144")


def propose(whole: Whole, by: str, team: str, name: str = "Amina Yusuf", phone: str = "01632"):
    return coordinating.propose(whole, somebody(by), NOW, team=team, name=name, phone=phone)


def still_missing(whole: Whole):
    return coordinating.still_missing(whole, NOW, a_playbook(), new_id)


def choose(whole: Whole, team: str):
    return coordinating.choose(whole, team, NOW, a_playbook())


def test_three_teams_miss_a_contact_and_two_do_not():
    offers = a_whole().offers

    assert len({offer.team for offer in offers}) == 3
    assert coordinating.needed(offers, a_playbook()).state == "missing"
    assert coordinating.needed(offers[:2], a_playbook()).state == ""
    assert coordinating.needed((*offers[:2], offers[1]), a_playbook()).state == ""


def test_a_missing_contact_is_somebodys_task_after_24_hours():
    whole = a_whole()

    assert coordinating.name_by(whole.handover) - whole.handover.opened_at == timedelta(hours=24)


def test_the_task_is_that_of_who_is_accountable_for_the_whole_and_there_is_one():
    whole = with_handover(a_whole(), coordinator_team=ELM_TREE)

    [added] = still_missing(whole)

    assert (added.task.code, added.task.owner_team) == ("name-coordinator", ELM_TREE)
    asked = replace(whole, tasks=(*whole.tasks, added.task))
    assert still_missing(asked) == ()


def test_nobody_is_asked_to_name_a_contact_who_is_named_or_in_a_closed_handover():
    whole = a_whole()

    assert still_missing(with_handover(whole, coordinator=NURSE)) == ()
    assert still_missing(with_handover(whole, state="completed")) == ()


def test_a_team_of_the_handover_proposes_somebody_of_any_of_its_teams():
    said = propose(a_whole(), ELM_TREE, COMMUNITY, " Amina Yusuf ", " 01632 960144 ")

    assert said.coordinator == NURSE
    assert said.by == "staff.somebody"


@pytest.mark.parametrize(("by", "team"), [(HARBOUR, COMMUNITY), (ELM_TREE, HARBOUR)])
def test_nobody_is_proposed_by_or_from_a_team_that_has_no_part_in_it(by, team):
    assert refused(propose, a_whole(), by, team) == "team.not_in_handover"


def test_who_said_no_has_no_part_in_it_any_more():
    whole = with_offer(a_whole(), PHARMACY, "declined")

    assert PHARMACY not in coordinating.teams_in(whole)
    assert set(coordinating.teams_in(whole)) == {WARD, ELM_TREE, COMMUNITY}
    assert refused(propose, whole, ELM_TREE, PHARMACY) == "team.not_in_handover"


def test_who_sent_and_who_coordinates_are_both_part_of_it():
    whole = with_handover(a_whole(), coordinator_team=PLACE_TEAM)

    assert coordinating.teams_in(whole)[:2] == (WARD, PLACE_TEAM)


@pytest.mark.parametrize(("name", "phone"), [("", "01632"), ("Amina", " ")])
def test_a_contact_has_a_name_and_a_number_to_ring(name, phone):
    assert refused(propose, a_whole(), ELM_TREE, COMMUNITY, name, phone) == "coordinator.incomplete"


def test_the_patient_agrees_with_who_was_proposed():
    whole = with_handover(a_whole(), coordinator=NURSE)

    for said in ("", COMMUNITY):
        [named] = choose(whole, said)
        assert named.coordinator == replace(NURSE, state="chosen")
        assert named.by == PATIENT
    agreed = with_handover(whole, coordinator=replace(NURSE, state="chosen"))
    assert choose(agreed, "") == choose(agreed, COMMUNITY) == ()


def test_the_patient_wants_another_team_whose_own_number_stands_until_it_names_somebody():
    whole = with_handover(a_whole(), coordinator=NURSE)
    practice = a_playbook().directory.teams[ELM_TREE]

    [named] = choose(whole, ELM_TREE)

    assert named.coordinator == Coordinator("chosen", ELM_TREE, practice.name, practice.phone)


@pytest.mark.parametrize("team", [HARBOUR, "nowhere-at-all"])
def test_the_patient_cannot_choose_a_team_that_has_no_part_in_it(team):
    assert choose(with_handover(a_whole(), coordinator=NURSE), team) == ()


def test_a_part_that_the_directory_does_not_know_cannot_be_rung():
    whole = with_handover(a_whole(), coordinator=NURSE, coordinator_team="gone-for-good")

    assert choose(whole, "gone-for-good") == ()


def test_nothing_is_chosen_in_a_closed_handover_or_where_nobody_was_proposed():
    assert choose(with_handover(a_whole(), state="completed", coordinator=NURSE), "") == ()
    assert choose(a_whole(), "") == ()
