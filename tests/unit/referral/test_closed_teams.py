"""Work of a team that has closed: where it goes, and when nothing has to move."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.referral.domain import succession
from services.referral.domain.directory import Directory
from services.referral.domain.edition import Edition
from services.referral.domain.handover import Whole
from services.referral.domain.offer_facts import OfferDeclined, OfferRedirected, TasksOffered
from services.referral.domain.rules import Playbook
from tests.unit.referral.builders import (
    COMMUNITY,
    ELM_TREE,
    HARBOUR,
    NOW,
    PHARMACY,
    WARD,
    a_playbook,
    a_whole,
    accepted,
    by_rule,
    new_id,
    offer_to,
    with_handover,
    with_offer,
)

YESTERDAY = NOW.date() - timedelta(days=1)
NORTHGATE_NURSES = "community-ZYC"


@pytest.fixture
def playbook() -> Playbook:
    """One whose directory can be changed."""
    return replace(
        a_playbook(), directory=Directory(a_playbook().directory.file, date(2026, 11, 24))
    )


def close(playbook: Playbook, code: str, successor: str | None = None) -> None:
    """The organisation is closed since yesterday."""
    edition = playbook.directory.edition
    gone = replace(edition.organisations[code], valid_until=YESTERDAY, successor=successor)
    organisations = {**edition.organisations, code: gone}
    playbook.directory.take(Edition(edition.teams, organisations, edition.last_resort))


def close_team(playbook: Playbook, team: str, successor: str = "") -> None:
    edition = playbook.directory.edition
    gone = replace(edition.teams[team], valid_until=YESTERDAY, successor=successor)
    teams = {**edition.teams, team: gone}
    playbook.directory.take(Edition(teams, edition.organisations, edition.last_resort))


def leave(whole: Whole, playbook: Playbook, practice: str | None = None):
    return succession.leave_closed(whole, practice, NOW, playbook, new_id)


def test_nothing_of_a_closed_handover_moves(playbook):
    close(playbook, "Z90001", "Z90002")
    whole = accepted(a_whole(), ELM_TREE)

    assert leave(with_handover(whole, state="completed"), playbook) == ()
    [moved] = leave(whole, playbook)
    assert isinstance(moved, OfferRedirected)
    assert (moved.team, moved.offer.team, moved.reason) == (WARD, HARBOUR, "practice-closed")
    assert moved.offer.instead_of == "Z90001"


def test_a_coordination_alone_is_offered_to_who_follows(playbook):
    """Its tasks are done; somebody has to answer for the whole all the same."""
    close(playbook, "Z90001", "Z90002")
    whole = with_handover(accepted(a_whole(), ELM_TREE), coordinator_team=ELM_TREE)
    done = by_rule(whole, "R06").task_id
    tasks = tuple(
        replace(one, status="completed") if one.task_id == done else one for one in whole.tasks
    )

    [asked] = leave(replace(whole, tasks=tasks), playbook)

    assert isinstance(asked, TasksOffered)
    assert (asked.offer.team, asked.tasks, asked.owner_team) == (HARBOUR, (), ELM_TREE)


def test_who_follows_a_coordinator_that_closed_takes_the_coordination_and_nobody_else(playbook):
    whole = with_handover(accepted(a_whole(), ELM_TREE), coordinator_team=ELM_TREE)
    [moved] = asked_of_who_follows(whole, playbook)

    def inherits(whole: Whole, offer) -> bool:
        return succession.inherits_coordination(whole, offer, playbook)

    assert inherits(whole, moved.offer)
    assert inherits(whole, replace(moved.offer, redirects=None, from_team=WARD)), "it follows"
    assert not inherits(whole, offer_to(whole, PHARMACY))
    elsewhere = replace(moved.offer, team=COMMUNITY)
    assert inherits(whole, elsewhere), "it takes the place of what the closed team had"
    assert not inherits(with_handover(whole, coordinator_team=WARD), moved.offer), "it is open"


def asked_of_who_follows(whole: Whole, playbook: Playbook):
    close(playbook, "Z90001", "Z90002")
    return leave(whole, playbook)


def test_where_the_patient_is_registered_counts_for_practices_only(playbook):
    """A nursing team that closes is followed by a nursing team, wherever the patient is registered."""
    close_team(playbook, COMMUNITY, NORTHGATE_NURSES)
    whole = accepted(a_whole(), COMMUNITY)

    [moved] = leave(whole, playbook, "Z90002")

    assert isinstance(moved, OfferRedirected)
    assert (moved.offer.team, moved.reason) == (NORTHGATE_NURSES, "organisation-merged")


def test_who_has_said_no_is_not_asked_again(playbook):
    close(playbook, "Z90001", "Z90002")
    whole = accepted(a_whole(), ELM_TREE)
    refusal = replace(offer_to(whole, PHARMACY), offer_id=new_id(), team=HARBOUR, state="declined")

    [back] = leave(replace(whole, offers=(*whole.offers, refusal)), playbook)

    assert isinstance(back, OfferDeclined)
    assert (back.team, back.owner_team, back.reason) == (ELM_TREE, WARD, "practice-closed")
    assert succession.without_home(whole, (back,))


def test_what_waits_at_the_closed_team_is_asked_of_who_follows_and_stays_with_its_owner(playbook):
    close(playbook, "Z90001", "Z90002")
    whole = a_whole()

    [asked] = leave(whole, playbook)

    assert isinstance(asked, TasksOffered)
    assert (asked.offer.team, asked.owner_team) == (HARBOUR, WARD)
    assert set(asked.tasks) == {by_rule(whole, "R06").task_id}


def test_what_is_asked_of_who_follows_already_is_not_asked_twice(playbook):
    close(playbook, "Z90001", "Z90002")
    whole = a_whole()
    [asked] = leave(whole, playbook)
    moved = tuple(
        replace(one, offer_id=asked.offer.offer_id) if one.task_id in asked.tasks else one
        for one in whole.tasks
    )
    then = replace(with_offer(whole, ELM_TREE, "withdrawn"), tasks=moved)

    assert leave(replace(then, offers=(*then.offers, asked.offer)), playbook) == ()
