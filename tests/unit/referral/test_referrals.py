"""A referral goes one way only: to a team that has it, on one clock, with every step said."""

import pytest

from services.chassis.errors import Refusal
from services.referral.domain import serving
from services.referral.domain.referral_facts import ReferralMoved
from services.referral.domain.waiting import limit_of, waited
from tests.unit.referral.builders import a_playbook, london
from tests.unit.referral.journey import (
    CLOCK,
    ELM_TREE,
    FOOT,
    PODIATRY,
    TRIAGE,
    Journey,
    last_day,
    someone,
)


def test_a_referral_asks_the_service_and_stays_with_the_referrer_until_it_accepts():
    journey = Journey()

    [offer] = journey.whole.offers
    assert (offer.team, offer.state) == (PODIATRY, "offered")
    assert {task.owner_team for task in journey.whole.tasks} == {ELM_TREE}
    assert journey.received.state == "received"
    tasks = journey.open_tasks()
    assert tasks["R47"].due_at == london("2026-10-12 17:00")
    assert last_day(tasks["R49"]) == "2027-02-08"


def test_s05_the_wrong_clinic_passes_it_on_and_the_clock_runs_on():
    journey = Journey()
    first = journey.progress.service_request

    said = journey.redirect(PODIATRY, FOOT, TRIAGE)

    moved = next(fact for fact in said if isinstance(fact, ReferralMoved))
    assert (moved.state, moved.team, moved.replaces) == ("received", FOOT, first)
    assert moved.service_request != first
    assert journey.offer.accept_by == london("2026-10-15 17:00")
    assert {task.owner_team for task in journey.whole.open_tasks()} == {PODIATRY}
    assert journey.whole.handover.clock_started_at == CLOCK
    assert not {"R48"} & journey.open_tasks().keys(), "nothing for the GP to do"

    journey.accept(FOOT, london("2026-10-13 10:00"))

    assert (journey.progress.state, journey.progress.team) == ("accepted", FOOT)
    assert journey.open_tasks()["R49"].owner_team == FOOT
    assert last_day(journey.open_tasks()["R49"]) == "2027-02-08"


def test_s05_a_third_redirect_is_for_a_clinical_lead_to_decide():
    journey = Journey()
    journey.redirect(PODIATRY, FOOT, TRIAGE)
    journey.redirect(FOOT, PODIATRY, london("2026-10-09 10:00"))

    [added] = journey.redirect(PODIATRY, FOOT, london("2026-10-12 10:00"))

    assert added.task.owner_team == "clinical-lead-ZTA"
    assert journey.progress.team == PODIATRY


def test_s05_a_rejection_with_no_target_is_a_task_for_the_practice():
    journey = Journey()

    journey.reject(PODIATRY, TRIAGE)

    assert journey.progress.state == "rejected"
    assert journey.progress.clock_stopped_at == TRIAGE
    tasks = journey.open_tasks()
    assert tasks.keys() == {"R48"}
    assert tasks["R48"].owner_team == ELM_TREE
    assert tasks["R48"].due_at == london("2026-10-12 18:30")
    [moved] = [fact for fact in journey.facts if isinstance(fact, ReferralMoved)]
    assert moved.reason == "not-appropriate"


def test_what_was_passed_on_and_turned_down_is_back_with_who_passed_it_on():
    journey = Journey()
    journey.redirect(PODIATRY, FOOT, TRIAGE)

    journey.reject(FOOT, london("2026-10-09 10:00"))

    assert (journey.progress.state, journey.progress.team) == ("accepted", PODIATRY)
    assert {task.owner_team for task in journey.whole.open_tasks()} == {PODIATRY}
    assert "R48" not in journey.open_tasks()


def test_the_referrer_takes_it_back_and_everything_open_is_called_off():
    journey = Journey()
    journey.accept(PODIATRY, TRIAGE)

    journey.so(
        TRIAGE,
        *serving.cancel(journey.whole, someone(ELM_TREE), TRIAGE, reason="referral-cancelled"),
    )

    assert journey.progress.state == "cancelled"
    assert not journey.open_tasks()
    with pytest.raises(Refusal) as refused:
        serving.cancel(journey.whole, someone(ELM_TREE), TRIAGE, reason="referral-cancelled")
    assert refused.value.code == "referral.cancelled"


def test_only_the_referrer_takes_it_back_and_only_the_service_reports():
    journey = Journey()
    journey.accept(PODIATRY, TRIAGE)

    with pytest.raises(Refusal) as by_service:
        serving.cancel(journey.whole, someone(PODIATRY), TRIAGE, reason="referral-cancelled")
    with pytest.raises(Refusal) as by_referrer:
        journey.report(ELM_TREE, "treatment-started", TRIAGE)

    assert by_service.value.code == "referral.not_the_referrer"
    assert by_referrer.value.code == "referral.not_with_you"


def test_an_urgent_suspicion_of_cancer_is_on_its_own_clocks():
    tasks = Journey(kind="suspected-cancer", priority="urgent").open_tasks()

    assert tasks["R47-urgent"].due_at == london("2026-10-06 17:00")
    assert last_day(tasks["R50"]) == "2026-11-02"
    assert last_day(tasks["R51"]) == "2026-12-06"


def test_the_wait_is_told_in_weeks_and_days():
    limit = limit_of(a_playbook())

    assert waited(CLOCK, None, london("2026-12-31 08:00"), limit).words == (
        "12 weeks 3 days of 18 weeks"
    )
    at_the_limit = waited(CLOCK, None, london("2027-02-08 23:00"), limit)
    assert (at_the_limit.late, at_the_limit.until.isoformat()) == (False, "2027-02-08")
    assert waited(CLOCK, None, london("2027-02-09 00:30"), limit).late
    stopped = waited(CLOCK, london("2026-10-13 10:00"), london("2027-02-09 00:30"), limit)
    assert (stopped.words, stopped.over) == ("1 week 1 day of 18 weeks", True)
