"""Whatever closes, moves, accepts or declines in whatever order: everything open has one owner that is known."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.referral.domain import answering, moving, succession
from services.referral.domain.directory import Directory
from services.referral.domain.edition import Edition
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Offer, Whole
from services.referral.domain.offer_facts import (
    OfferAccepted,
    OfferDeclined,
    OfferRedirected,
    TasksOffered,
)
from services.referral.domain.rules import Playbook
from tests.unit.referral.builders import NOW, a_playbook, a_whole, ids, new_id, somebody

PRACTICES = ("Z90001", "Z90002", "Z90004", "Z90005", "Z99999", "V81997")
STEPS = st.one_of(
    st.tuples(st.just("move"), st.sampled_from(PRACTICES)),
    st.tuples(
        st.just("close"), st.sampled_from(PRACTICES[:4]), st.sampled_from((None, *PRACTICES[:4]))
    ),
    st.tuples(st.just("accept"), st.integers(0, 5)),
    st.tuples(st.just("decline"), st.integers(0, 5)),
    st.tuples(st.just("start"), st.integers(0, 5)),
    st.tuples(st.just("lacks"), st.sampled_from(PRACTICES[:4])),
)
ANYBODY = somebody("*")
YESTERDAY = NOW.date() - timedelta(days=1)


def take_in(whole: Whole, facts: tuple[Fact, ...] | list[Fact]) -> Whole:
    """What the tables make of these facts."""
    for fact in facts:
        if isinstance(fact, TasksOffered):
            whole = offered(whole, fact.offer, fact.tasks, {})
            whole = emptied(whole)
        elif isinstance(fact, OfferRedirected):
            whole = answered(whole, fact.offer_id, "redirected")
            whole = offered(whole, fact.offer, fact.tasks, {"owner_team": fact.team})
        elif isinstance(fact, OfferAccepted):
            whole = answered(whole, fact.offer_id, "accepted")
            whole = changed(whole, fact.tasks, owner_team=fact.team, status="accepted")
            if fact.takes_coordination:
                handover = replace(whole.handover, coordinator_team=fact.team)
                whole = replace(whole, handover=handover)
        elif isinstance(fact, OfferDeclined):
            whole = answered(whole, fact.offer_id, "declined")
            returned = {t.task_id for t in whole.tasks if t.owner_team == fact.team}
            whole = changed(whole, fact.tasks, status="accepted")
            back = tuple(one for one in fact.tasks if one in returned)
            whole = changed(whole, back, owner_team=fact.owner_team)
    return whole


def offered(whole: Whole, offer: Offer, tasks, also) -> Whole:
    known = {one.offer_id for one in whole.offers}
    if offer.offer_id not in known:
        whole = replace(whole, offers=(*whole.offers, offer))
    return changed(whole, tasks, offer_id=offer.offer_id, status="requested", **also)


def emptied(whole: Whole) -> Whole:
    needed = {task.offer_id for task in whole.open_tasks()}
    for offer in whole.offers:
        if offer.state == "offered" and offer.offer_id not in needed and len(whole.offers) > 1:
            whole = answered(whole, offer.offer_id, "withdrawn")
    return whole


def answered(whole: Whole, offer_id: UUID, state) -> Whole:
    offers = tuple(
        replace(one, state=state) if one.offer_id == offer_id else one for one in whole.offers
    )
    return replace(whole, offers=offers)


def changed(whole: Whole, tasks, **to) -> Whole:
    return replace(
        whole,
        tasks=tuple(replace(one, **to) if one.task_id in tasks else one for one in whole.tasks),
    )


def close(playbook: Playbook, practice: str, successor: str | None) -> None:
    directory, edition = playbook.directory, playbook.directory.edition
    gone = replace(edition.organisations[practice], valid_until=YESTERDAY, successor=successor)
    organisations = {**edition.organisations, practice: gone}
    directory.take(Edition(edition.teams, organisations, edition.last_resort))


def act(whole: Whole, step, playbook: Playbook, before: str) -> tuple[Whole, str]:
    what, *rest = step
    if what == "move":
        facts = moving.change_practice(whole, before, rest[0], NOW, playbook, new_id)
        return take_in(whole, facts), rest[0]
    if what == "close":
        close(playbook, rest[0], rest[1])
    elif what == "lacks":
        whole = take_in(whole, list(moving.not_known_there(whole, rest[0], NOW, playbook)))
    elif what == "start":
        mine = [one for one in whole.open_tasks() if one.status == "accepted"]
        if mine:
            whole = changed(whole, (mine[rest[0] % len(mine)].task_id,), status="in-progress")
    else:
        waiting = [one for one in whole.offers if one.state == "offered"]
        if waiting:
            offer = waiting[rest[0] % len(waiting)]
            whole = take_in(whole, (answer(whole, offer, what, playbook),))
    return whole, before


def answer(whole: Whole, offer: Offer, what: str, playbook: Playbook) -> Fact:
    if what == "decline":
        return answering.decline(whole, offer.offer_id, ANYBODY, NOW, reason="not-our-patient")
    both = succession.inherits_coordination(whole, offer, playbook)
    return answering.accept(whole, offer.offer_id, ANYBODY, NOW, take_coordination=both)


def must_hold(whole: Whole, playbook: Playbook) -> None:
    teams = playbook.directory.teams
    assert whole.handover.coordinator_team in teams
    waiting = Counter(one.team for one in whole.offers if one.state == "offered")
    assert all(count == 1 for count in waiting.values()), waiting
    for task in whole.open_tasks():
        offer = whole.offer_of(task)
        assert task.owner_team in teams
        assert (task.status == "requested") == (offer is not None and offer.state == "offered")


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_every_open_task_has_one_known_owner_after_every_step(steps):
    playbook = replace(a_playbook(), directory=fresh_directory())
    whole, practice = a_whole(practice="Z90001"), "Z90001"
    due = {task.task_id: task.due_at for task in whole.tasks}
    for step in steps:
        whole, practice = act(whole, step, playbook, practice)
        must_hold(whole, playbook)
        facts = succession.leave_closed(whole, practice, NOW, playbook, new_id)
        whole = take_in(whole, facts)
        must_hold(whole, playbook)
        for task in whole.open_tasks():
            assert not succession.is_closed(task.owner_team, playbook), "left with a closed team"
        for offer in whole.offers:
            if offer.state == "offered" and any(
                task.offer_id == offer.offer_id for task in whole.open_tasks()
            ):
                assert playbook.directory.is_open(offer.team), "a closed team is asked"
        assert succession.leave_closed(whole, practice, NOW, playbook, new_id) == ()
    assert {task.task_id: task.due_at for task in whole.tasks} == due


def test_a_patient_who_came_back_to_a_practice_that_then_closes_leaves_nothing_with_it():
    """It asked the other practice, had its work again, and lost it in the same moment as everything else."""
    playbook = replace(a_playbook(), directory=fresh_directory())
    whole, practice = a_whole(practice="Z90001"), "Z90001"
    for step in (("accept", 0), ("move", "Z90004"), ("move", "Z90001")):
        whole, practice = act(whole, step, playbook, practice)
    close(playbook, "Z90001", "Z90002")

    whole = take_in(whole, succession.leave_closed(whole, practice, NOW, playbook, new_id))

    assert not [t for t in whole.open_tasks() if succession.is_closed(t.owner_team, playbook)]
    must_hold(whole, playbook)


def fresh_directory() -> Directory:
    known = a_playbook().directory
    return Directory(known.file, date(2026, 11, 24))


def test_a_chain_of_closures_ends_where_somebody_is_open():
    playbook = replace(a_playbook(), directory=fresh_directory())
    close(playbook, "Z90001", "Z90002")
    close(playbook, "Z90002", "Z90004")
    whole = a_whole(practice="Z90001")

    facts = succession.leave_closed(whole, None, NOW, playbook, ids())

    [asked] = facts
    assert isinstance(asked, TasksOffered)
    assert (asked.offer.team, asked.offer.instead_of) == ("practice-Z90004", "Z90001")
