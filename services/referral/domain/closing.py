"""Closing a handover: complete when everything is done, withdrawn when it should not go on."""

from collections.abc import Iterator
from datetime import datetime

from services.referral.domain import reasons
from services.referral.domain.counting import WorkingDays
from services.referral.domain.deadlines import due, shortened
from services.referral.domain.directory import Team
from services.referral.domain.errors import NotTheCoordinator, ReasonUnknown, TasksStillOpen
from services.referral.domain.facts import HandoverCompleted, HandoverWithdrawn
from services.referral.domain.handover import Whole
from services.referral.domain.people import SYSTEM, Person
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskChanged

_NEXT_WORKING_DAY = WorkingDays(1)
_STILL_COMING = frozenset({"discharge-cancelled", "readmitted", "deceased"})
"""Why it may be withdrawn though a test was taken all the same: its result is still looked for."""


def complete(whole: Whole, person: Person, now: datetime) -> HandoverCompleted:
    """Say that every part is done. Raises `TasksStillOpen` while one is not."""
    _must_coordinate(whole, person)
    if open_tasks := whole.open_tasks():
        raise TasksStillOpen(len(open_tasks))
    return HandoverCompleted(now, person.ref)


def withdraw(
    whole: Whole, person: Person, now: datetime, *, reason: str
) -> tuple[HandoverWithdrawn | TaskChanged, ...]:
    """Call it off, accepted and running parts too; everyone who was told must stop. Missing results are looked for.

    Raises `NotTheCoordinator`, `HandoverClosed` or `ReasonUnknown`.
    """
    _must_coordinate(whole, person)
    if reason not in reasons.WITHDRAW:
        raise ReasonUnknown
    withdrawn = _withdrawn(whole, now, reason, person.ref)
    return (withdrawn, *_still_looked_for(whole, withdrawn))


def undo(
    whole: Whole, now: datetime, *, reason: str
) -> tuple[HandoverWithdrawn | TaskChanged, ...]:
    """The discharge is taken back: withdraw it. The patient is in the ward again, and results are still missing there."""
    facts: list[HandoverWithdrawn | TaskChanged] = []
    for withdrawn in call_off(whole, now, reason=reason):
        facts += (withdrawn, *_still_looked_for(whole, withdrawn))
    return tuple(facts)


def call_off(
    whole: Whole, now: datetime, *, reason: str, by: str = SYSTEM
) -> tuple[HandoverWithdrawn, ...]:
    """Withdraw it because its reason does not stand any more (H07).

    A completed one too: what was done in it was done for a discharge that did not happen, and whoever did it must
    know. Nothing, when it is withdrawn already.
    """
    if whole.handover.state == "withdrawn":
        return ()
    return (_withdrawn(whole, now, reason, by),)


def teams_to_stop(
    whole: Whole, withdrawn: HandoverWithdrawn, playbook: Playbook
) -> tuple[tuple[str, datetime], ...]:
    """The teams that must say that they know of the withdrawal, and by when: the close of their next working day."""
    teams, last_resort = playbook.directory.teams, playbook.directory.last_resort
    asked = dict.fromkeys(
        offer.team for offer in whole.offers if offer.offer_id in withdrawn.offers
    )
    return tuple(
        (team, _next_close(withdrawn.at, teams.get(team, last_resort), playbook)) for team in asked
    )


def _next_close(at: datetime, team: Team, playbook: Playbook) -> datetime:
    when = due(_NEXT_WORKING_DAY, at, team.calendar, playbook.holidays)
    return shortened(when, at, playbook.divisor).due_at


def _withdrawn(whole: Whole, now: datetime, reason: str, by: str) -> HandoverWithdrawn:
    kept = [
        task for task in whole.open_tasks() if task.result is not None and reason in _STILL_COMING
    ]
    agreed = {task.offer_id for task in kept}
    return HandoverWithdrawn(
        offers=tuple(
            offer.offer_id
            for offer in whole.offers
            if offer.state == "offered"
            or (offer.state == "accepted" and offer.offer_id not in agreed)
        ),
        tasks=tuple(task.task_id for task in whole.open_tasks() if task not in kept),
        reason=reason,
        at=now,
        by=by,
    )


def _still_looked_for(whole: Whole, withdrawn: HandoverWithdrawn) -> Iterator[TaskChanged]:
    """The results that stay with whoever has them: another team that was asked and has not answered is not any more."""
    for task in whole.open_tasks():
        if task.task_id not in withdrawn.tasks:
            owner, at = task.owner_team, withdrawn.at
            yield TaskChanged(task.task_id, "accepted", owner, at, withdrawn.by)


def _must_coordinate(whole: Whole, person: Person) -> None:
    if not person.speaks_for(whole.handover.coordinator_team):
        raise NotTheCoordinator
    whole.must_be_open()
