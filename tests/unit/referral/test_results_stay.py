"""A missing result goes to nobody who has not agreed to look for it, whatever closes and whoever moves (R05)."""

from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.referral.domain import moving, succession
from services.referral.domain.handover import Task, Whole
from services.referral.domain.offer_facts import OfferDeclined
from services.referral.domain.passing_on import hand_on
from services.referral.domain.rules import Playbook
from tests.unit.referral.builders import ELM_TREE, HARBOUR, NOW, WARD, a_playbook, new_id
from tests.unit.referral.test_moves_leave_nothing_behind import (
    ANYBODY,
    STEPS,
    act,
    close,
    fresh_directory,
    take_in,
)
from tests.unit.referral.test_results import with_result

ASKED = (ELM_TREE, HARBOUR, "community-ZTC")


def result_of(whole: Whole) -> Task:
    [task] = [task for task in whole.tasks if task.result is not None]
    return task


def ask(whole: Whole, team: str, playbook: Playbook) -> tuple[Whole, UUID]:
    """The ward asks another team to take the result; gives the offer too."""
    fact = hand_on(
        whole,
        result_of(whole).task_id,
        playbook.directory.teams[team],
        ANYBODY,
        NOW,
        playbook,
        new_id,
        reason="handed-on",
    )
    return take_in(whole, (fact,)), fact.offer.offer_id


def with_elm_tree(playbook: Playbook) -> Whole:
    """The practice has accepted it."""
    whole, offer_id = ask(with_result(), ELM_TREE, playbook)
    number = [offer.offer_id for offer in whole.offers if offer.state == "offered"].index(offer_id)
    return act(whole, ("accept", number), playbook, "Z90001")[0]


def a_place() -> Playbook:
    return replace(a_playbook(), directory=fresh_directory())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(STEPS, st.tuples(st.just("ask"), st.sampled_from(ASKED))), min_size=1, max_size=12
    )
)
def test_only_a_persons_word_brings_a_result_to_another_team(steps):
    playbook, practice = a_place(), "Z90001"
    whole, asked = with_result(), set[UUID]()
    for step in steps:
        if step[0] == "ask":
            task = result_of(whole)
            team = playbook.directory.teams[step[1]]
            if task.status != "requested" and task.owner_team != team.id:
                whole, offer_id = ask(whole, team.id, playbook)
                asked.add(offer_id)
        else:
            whole, practice = act(whole, step, playbook, practice)
        facts = succession.leave_closed(whole, practice, NOW, playbook, new_id)
        whole = take_in(whole, facts)

        task = result_of(whole)
        offer = whole.offer_of(task)
        assert task.is_open
        if offer is None or offer.offer_id not in asked:
            assert (offer, task.owner_team) == (None, WARD), "nobody has asked for that"
        elif offer.state == "accepted":
            assert task.owner_team == offer.team
        elif offer.state != "offered":
            assert task.status in ("accepted", "in-progress")
        assert not succession.is_closed(task.owner_team, playbook)


def test_a_practice_that_agreed_keeps_it_when_the_patient_moves():
    playbook = a_place()
    whole = with_elm_tree(playbook)

    facts = moving.change_practice(whole, "Z90001", "Z90002", NOW, playbook, new_id)

    assert facts, "other work is asked of the new practice"
    moved = {task_id for fact in facts for task_id in fact.tasks}
    assert result_of(whole).task_id not in moved
    assert result_of(take_in(whole, facts)).owner_team == ELM_TREE


def test_a_practice_that_agreed_and_closes_gives_it_back_to_the_ward_and_not_to_its_successor():
    playbook = a_place()
    whole = with_elm_tree(playbook)
    close(playbook, "Z90001", "Z90002")

    facts = succession.leave_closed(whole, None, NOW, playbook, new_id)
    whole = take_in(whole, facts)

    back = [fact for fact in facts if isinstance(fact, OfferDeclined)]
    assert [fact.tasks for fact in back] == [(result_of(whole).task_id,)]
    assert (result_of(whole).owner_team, result_of(whole).status) == (WARD, "accepted")
    assert any(offer.team == HARBOUR for offer in whole.offers), "the successor has the rest"
    assert not succession.without_home(whole, facts), "and nothing is without a home"


def test_a_hospital_that_is_followed_by_another_hands_its_results_to_that():
    """The ward itself is gone: nobody but whoever follows can look."""
    playbook = a_place()
    whole = with_result()
    directory, edition = playbook.directory, playbook.directory.edition
    gone = replace(edition.organisations["ZTA"], valid_until=NOW.date().replace(day=1))
    gone = replace(gone, successor="ZTB")
    organisations = {**edition.organisations, "ZTA": gone}
    directory.take(type(edition)(edition.teams, organisations, edition.last_resort))

    whole = take_in(whole, succession.leave_closed(whole, None, NOW, playbook, new_id))

    asked = whole.offer_of(result_of(whole))
    assert asked is not None
    assert asked.team == "ward-ZTB"
