from datetime import timedelta
from uuid import UUID

import pytest

from services.notify.domain.link import Link, judge
from services.notify.domain.plan import Standing
from services.notify.inbound.guessing import MOST_MISSES, WINDOW_SECONDS, Guessing
from tests.unit.notify.builders import NOW, a_person, a_plan

LINK = Link(UUID(int=2), "plan", NOW + timedelta(days=90), None)


def test_a_link_opens_its_plan():
    assert judge(LINK, a_plan(), a_person(), NOW) == "open"


def test_a_completed_plan_can_still_be_read():
    assert judge(LINK, a_plan(standing=Standing.COMPLETED), a_person(), NOW) == "open"


def test_a_withdrawn_plan_tells_that_it_changed_and_no_more():
    assert judge(LINK, a_plan(standing=Standing.WITHDRAWN), a_person(), NOW) == "changed"


@pytest.mark.parametrize(
    "link",
    [
        Link(UUID(int=2), "plan", NOW, None),
        Link(UUID(int=2), "plan", NOW + timedelta(days=1), NOW),
        Link(UUID(int=2), "feedback", NOW + timedelta(days=1), None),
    ],
)
def test_a_link_that_is_old_revoked_or_for_something_else_is_closed(link):
    assert judge(link, a_plan(), a_person(), NOW) == "closed"


@pytest.mark.parametrize(
    "person",
    [None, a_person(deceased=True), a_person(restricted=True), a_person(identity_held=True)],
)
def test_a_link_closes_when_its_patient_died_is_protected_was_forgotten_or_is_in_doubt(person):
    assert judge(LINK, a_plan(), person, NOW) == "closed"


def test_who_guesses_often_must_wait_and_then_may_try_again():
    guessing = Guessing()
    for second in range(MOST_MISSES):
        assert not guessing.must_wait("192.0.2.1", second)
        guessing.note_miss("192.0.2.1", second)

    assert guessing.must_wait("192.0.2.1", MOST_MISSES)
    assert not guessing.must_wait("192.0.2.2", MOST_MISSES)
    assert not guessing.must_wait("192.0.2.1", WINDOW_SECONDS + MOST_MISSES)


def test_a_crowd_of_guessers_does_not_fill_the_memory():
    guessing = Guessing()
    for number in range(20_000):
        guessing.note_miss(str(number), 0)

    assert len(guessing._misses) <= 10_000
