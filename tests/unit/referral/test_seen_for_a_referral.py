"""What becomes of a patient whom a service sees: triage, appointments kept and missed, and the outcome."""

import pytest

from services.chassis.errors import Refusal
from services.referral.domain import appointments, serving
from services.referral.domain.referral_facts import ReferralMoved
from tests.unit.referral.builders import london
from tests.unit.referral.journey import BOOKED, ELM_TREE, FOOT, PODIATRY, TRIAGE, Journey, someone


def test_triage_ends_the_wait_for_triage_and_says_how_urgent_it_is():
    journey = Journey()

    journey.so(
        TRIAGE,
        *serving.triage(
            journey.whole,
            someone(PODIATRY),
            TRIAGE,
            journey.playbook,
            journey.new_id,
            priority="urgent",
        ),
    )

    assert journey.progress.state == "triaged"
    assert journey.open_tasks().keys() == {"R49"}
    [moved] = [fact for fact in journey.facts if isinstance(fact, ReferralMoved)]
    assert moved.priority == "urgent"


def test_a_missed_appointment_asks_for_a_review_and_discharges_nobody():
    journey = Journey()
    journey.accept(PODIATRY, TRIAGE)
    starts_at = london("2026-11-03 10:00")
    journey.book(PODIATRY, TRIAGE, starts_at)
    assert journey.progress.state == "booked"
    now = london("2026-11-03 12:00")

    journey.so(
        now,
        *appointments.miss(
            journey.whole, BOOKED, someone(PODIATRY), now, journey.playbook, journey.new_id
        ),
    )

    assert journey.progress.state == "accepted"
    review = journey.open_tasks()["R54"]
    assert (review.owner_team, review.status) == (PODIATRY, "accepted")
    assert review.due_at == london("2026-11-10 17:00")
    assert journey.whole.handover.state == "open"
    assert journey.progress.clock_stopped_at is None


def test_a_child_who_was_not_brought_follows_the_rule_for_children():
    journey = Journey(age=16)
    journey.accept(PODIATRY, TRIAGE)
    starts_at = london("2026-11-03 10:00")
    journey.book(PODIATRY, TRIAGE, starts_at)

    journey.so(
        starts_at,
        *appointments.miss(
            journey.whole, BOOKED, someone(PODIATRY), starts_at, journey.playbook, journey.new_id
        ),
    )

    assert "R54-child" in journey.open_tasks()
    assert "R54" not in journey.open_tasks()


def test_the_second_missed_appointment_is_counted_from_the_second():
    journey = Journey()
    journey.accept(PODIATRY, TRIAGE)
    for now, starts_at in (
        (TRIAGE, london("2026-11-03 10:00")),
        (london("2026-11-04 10:00"), london("2026-12-01 10:00")),
    ):
        journey.book(PODIATRY, now, starts_at)
        assert "R54" not in journey.open_tasks(), "a new appointment answers the review"
        journey.so(
            starts_at,
            *appointments.miss(
                journey.whole,
                BOOKED,
                someone(PODIATRY),
                starts_at,
                journey.playbook,
                journey.new_id,
            ),
        )

    assert journey.open_tasks()["R54"].due_at == london("2026-12-08 17:00")


def test_treatment_stops_the_clock_and_the_outcome_closes_the_loop():
    journey = Journey()
    journey.accept(PODIATRY, TRIAGE)
    treated = london("2026-12-31 11:00")

    journey.report(PODIATRY, "treatment-started", treated)
    assert journey.progress.clock_stopped_at == treated
    assert journey.progress.state == "accepted"
    assert not journey.open_tasks()

    journey.report(PODIATRY, "treatment-started", london("2027-01-14 11:00"), finished=True)

    assert journey.progress.state == "outcome"
    assert journey.progress.clock_stopped_at == treated
    assert journey.whole.handover.state == "completed"


def test_no_treatment_needed_closes_it_at_once():
    journey = Journey()
    journey.accept(PODIATRY, TRIAGE)

    journey.report(PODIATRY, "no-treatment-needed", TRIAGE)

    assert journey.progress.state == "outcome"
    assert journey.whole.handover.state == "completed"


def test_getting_worse_is_reviewed_by_the_team_that_has_the_referral():
    journey = Journey()
    journey.redirect(PODIATRY, FOOT, TRIAGE)
    journey.accept(FOOT, london("2026-10-13 10:00"))
    now = london("2026-11-02 15:00")

    journey.so(
        now,
        *serving.get_worse(journey.whole, someone(ELM_TREE), now, journey.playbook, journey.new_id),
    )

    review = journey.open_tasks()["R56"]
    assert (review.owner_team, review.status) == (FOOT, "accepted")
    assert review.due_at == london("2026-11-03 17:00")


def test_nothing_is_booked_before_somebody_has_the_referral():
    journey = Journey()

    with pytest.raises(Refusal) as refused:
        journey.book(PODIATRY, TRIAGE, london("2026-11-03 10:00"))

    assert refused.value.code == "referral.not_accepted"
