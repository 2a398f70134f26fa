"""Taking up again what was closed: a new task that follows the old one, on a clock of its own (C9)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain import reasons
from services.referral.domain.deadlines import Due
from services.referral.domain.errors import (
    HandoverClosed,
    NotTheOwner,
    ReasonUnknown,
    RuleGone,
    StillOpen,
)
from services.referral.domain.facts import Fact, HandoverReopened
from services.referral.domain.handover import Task, Whole
from services.referral.domain.people import Person
from services.referral.domain.planning import Ids, Planned, plan_again, task_of
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskAdded


def reopen(
    whole: Whole,
    task_id: UUID,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    reason: str,
) -> tuple[Fact, ...]:
    """Take up a closed task again, in the team that had it; a completed handover goes on with it.

    The old task stays closed. The new one has the old deadline while that is ahead; when it has passed, it is due at
    once: what was not done in time is late. A withdrawn handover is not taken up: its reason is gone.
    Raises `NotTheOwner`, `StillOpen`, `ReasonUnknown`, `HandoverClosed`, or `RuleGone` where no rule asks for it any more.
    """
    task = whole.task(task_id)
    if not person.speaks_for(task.owner_team) and not person.speaks_for(
        whole.handover.coordinator_team
    ):
        raise NotTheOwner
    if whole.handover.state == "withdrawn":
        raise HandoverClosed(whole.handover.state)
    if task.is_open:
        raise StillOpen
    if reason not in reasons.REOPEN:
        raise ReasonUnknown
    rule = playbook.rule(task.rule_id)
    if rule is None:
        raise RuleGone
    planned = plan_again(rule, whole.handover, playbook)
    added = TaskAdded(_again(planned, task, whole, now, new_id), now)
    if whole.handover.state == "completed":
        return (HandoverReopened(reason, now, person.ref), added)
    return (added,)


def _again(planned: Planned, task: Task, whole: Whole, now: datetime, new_id: Ids) -> Task:
    """The same work in the same hands. Its ladder starts when it is taken up, not before."""
    due_at = max(task.due_at, now)
    team = planned.playbook.directory.teams.get(task.owner_team, planned.team)
    again = replace(planned, team=team, anchored_at=now, when=Due(due_at, working=task.working))
    new = task_of(again, whole.handover, None, new_id, follows=task.task_id, result=task.result)
    offer = whole.offer_of(task)
    accepted = offer is not None and offer.state == "accepted" and offer.team == task.owner_team
    return replace(new, owner_team=task.owner_team, offer_id=task.offer_id if accepted else None)
