"""Closing a handover: complete when everything is done, withdrawn when it should not go on."""

from datetime import datetime

from services.referral.domain import reasons
from services.referral.domain.errors import NotTheCoordinator, ReasonUnknown, TasksStillOpen
from services.referral.domain.facts import HandoverCompleted, HandoverWithdrawn
from services.referral.domain.handover import Whole
from services.referral.domain.people import Person


def complete(whole: Whole, person: Person, now: datetime) -> HandoverCompleted:
    """Say that every part is done. Raises `TasksStillOpen` while one is not."""
    _must_coordinate(whole, person)
    if open_tasks := whole.open_tasks():
        raise TasksStillOpen(len(open_tasks))
    return HandoverCompleted(now, person.ref)


def withdraw(whole: Whole, person: Person, now: datetime, *, reason: str) -> HandoverWithdrawn:
    """Call it off, accepted and running parts too; everyone who was told must stop."""
    _must_coordinate(whole, person)
    if reason not in reasons.WITHDRAW:
        raise ReasonUnknown
    return HandoverWithdrawn(
        offers=tuple(
            offer.offer_id for offer in whole.offers if offer.state in ("offered", "accepted")
        ),
        tasks=tuple(task.task_id for task in whole.open_tasks()),
        reason=reason,
        at=now,
        by=person.ref,
    )


def _must_coordinate(whole: Whole, person: Person) -> None:
    if not person.speaks_for(whole.handover.coordinator_team):
        raise NotTheCoordinator
    whole.must_be_open()
