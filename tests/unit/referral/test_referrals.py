"""A referral goes one way only: to a team that has it, on one clock, with every step said."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.chassis.errors import Refusal
from services.referral.domain import answering, appointments, passing_on, serving
from services.referral.domain.calendars import local_date
from services.referral.domain.facts import (
    Fact,
    HandoverCompleted,
    HandoverReplanned,
    HandoverWithdrawn,
    SomethingHappened,
)
from services.referral.domain.following import follow
from services.referral.domain.handover import Whole
from services.referral.domain.offer_facts import OfferAccepted, OfferDeclined, OfferRedirected
from services.referral.domain.people import Person
from services.referral.domain.referral import Referral
from services.referral.domain.referral_facts import AppointmentChanged, ReferralMoved
from services.referral.domain.referring import open_for
from services.referral.domain.task_facts import TaskChanged
from services.referral.domain.waiting import limit_of, waited
from tests.unit.referral.builders import a_playbook, ids, london

PODIATRY, FOOT, ELM_TREE = "podiatry-ZTA", "msk-foot-ZTB", "practice-Z90001"
CLOCK = london("2026-10-05 09:00")
TRIAGE = london("2026-10-08 14:00")
BOOKED = UUID(int=900)


def a_referral(**changes) -> Referral:
    given = {
        "referral_id": UUID(int=45),
        "patient_key": "4" * 32,
        "kind": "referral",
        "priority": "routine",
        "referrer": "Z90001",
        "service": PODIATRY,
        "clock_started_at": CLOCK,
        "received_at": CLOCK,
        "age": 45,
    }
    return Referral(**given | changes)


def someone(*teams: str) -> Person:
    return Person("staff.somebody", frozenset(teams))


def last_day(task) -> str:
    """The day at whose end something is due."""
    return local_date(task.due_at - timedelta(microseconds=1)).isoformat()


class Journey:
    """A referral and everything that happens to it, folded as the tables fold it."""

    def __init__(self, **changes) -> None:
        self.playbook, self.new_id = a_playbook(), ids()
        sender = self.playbook.directory.teams[ELM_TREE]
        opened, self.received = open_for(
            a_referral(**changes), sender, self.playbook, self.new_id, by="practice"
        )
        self.whole = Whole(opened.handover, opened.offers, opened.tasks)
        self.facts: list[Fact] = []

    def so(self, now, *facts: Fact) -> tuple[Fact, ...]:
        followed = follow(self.whole, facts, now, self.playbook, self.new_id)
        for fact in followed:
            self._take(fact)
        self.facts += followed
        return followed

    def _take(self, fact: Fact) -> None:  # noqa: C901
        whole, handover = self.whole, self.whole.handover
        match fact:
            case OfferAccepted():
                whole = self._answered(fact.offer_id, "accepted", fact.tasks, fact.team)
            case OfferDeclined():
                whole = self._answered(fact.offer_id, "declined", fact.tasks, fact.owner_team)
            case OfferRedirected():
                whole = self._answered(fact.offer_id, "redirected", (), "")
                tasks = tuple(
                    replace(
                        task, offer_id=fact.offer.offer_id, status="requested", owner_team=fact.team
                    )
                    if task.task_id in fact.tasks
                    else task
                    for task in whole.tasks
                )
                whole = replace(whole, offers=(*whole.offers, fact.offer), tasks=tasks)
            case ReferralMoved():
                progress = replace(
                    handover.progress,
                    state=fact.state,
                    team=fact.team,
                    service_request=fact.service_request,
                    clock_stopped_at=fact.clock_stopped_at,
                )
                referral = replace(handover.referral, service=fact.team)
                whole = replace(
                    whole, handover=replace(handover, progress=progress, referral=referral)
                )
            case AppointmentChanged(appointment=one):
                others = [
                    a
                    for a in handover.progress.appointments
                    if a.appointment_id != one.appointment_id
                ]
                progress = replace(handover.progress, appointments=(*others, one))
                whole = replace(whole, handover=replace(handover, progress=progress))
            case SomethingHappened():
                known = {fact.code: fact.happened_at} | dict(handover.happened)
                whole = replace(whole, handover=replace(handover, happened=known))
            case TaskChanged():
                whole = self._closed({fact.task_id}, fact.status)
            case HandoverReplanned():
                whole = self._closed(set(fact.cancelled), "cancelled")
                moved = {task.task_id: task for task in fact.moved}
                tasks = tuple(moved.get(task.task_id, task) for task in whole.tasks)
                whole = replace(
                    whole, offers=(*whole.offers, *fact.offers), tasks=(*tasks, *fact.tasks)
                )
            case HandoverWithdrawn():
                whole = self._closed(set(fact.tasks), "cancelled")
                whole = replace(whole, handover=replace(whole.handover, state="withdrawn"))
            case HandoverCompleted():
                whole = replace(whole, handover=replace(handover, state="completed"))
        self.whole = whole

    def _answered(self, offer_id, state, tasks, owner) -> Whole:
        return replace(
            self.whole,
            offers=tuple(
                replace(offer, state=state) if offer.offer_id == offer_id else offer
                for offer in self.whole.offers
            ),
            tasks=tuple(
                replace(task, status="accepted", owner_team=owner)
                if task.task_id in tasks
                else task
                for task in self.whole.tasks
            ),
        )

    def _closed(self, tasks, status) -> Whole:
        return replace(
            self.whole,
            tasks=tuple(
                replace(task, status=status) if task.task_id in tasks else task
                for task in self.whole.tasks
            ),
        )

    @property
    def progress(self):
        return self.whole.handover.progress

    @property
    def offer(self):
        """The latest."""
        return self.whole.offers[-1]

    def open_tasks(self) -> dict[str, object]:
        return {task.rule_id: task for task in self.whole.open_tasks()}

    def accept(self, team: str, now) -> None:
        offer = serving.waiting_offer(self.whole, someone(team))
        self.so(now, answering.accept(self.whole, offer.offer_id, someone(team), now))

    def redirect(self, team: str, to: str, now) -> tuple[Fact, ...]:
        target = self.playbook.directory.teams[to]
        facts = passing_on.redirect(
            self.whole,
            self.offer.offer_id,
            target,
            someone(team),
            now,
            self.playbook,
            self.new_id,
            reason="wrong-service",
        )
        return self.so(now, *facts)

    def reject(self, team: str, now) -> None:
        offer = serving.waiting_offer(self.whole, someone(team))
        self.so(
            now,
            answering.decline(
                self.whole, offer.offer_id, someone(team), now, reason="not-appropriate"
            ),
        )

    def report(self, team: str, outcome: str, now, *, finished: bool = False) -> None:
        self.so(
            now,
            *serving.report(
                self.whole,
                someone(team),
                now,
                self.playbook,
                self.new_id,
                outcome=outcome,
                happened_at=now,
                finished=finished,
            ),
        )

    def book(self, team: str, now, starts_at) -> None:
        self.so(
            now,
            *appointments.book(
                self.whole,
                someone(team),
                now,
                self.playbook,
                self.new_id,
                appointment_id=BOOKED,
                starts_at=starts_at,
            ),
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


def test_nothing_is_booked_before_somebody_has_the_referral():
    journey = Journey()

    with pytest.raises(Refusal) as refused:
        journey.book(PODIATRY, TRIAGE, london("2026-11-03 10:00"))

    assert refused.value.code == "referral.not_accepted"


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
