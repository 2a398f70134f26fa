"""A referral that goes on from fact to fact, without a database."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

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
