"""Tasks that join a handover later: a message that reached nobody, a task that could not be done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.domain.deadlines import due, shortened
from services.referral.domain.facts import TaskAdded, TaskChanged
from services.referral.domain.handover import Handover, Task, Whole
from services.referral.domain.opening import Ids
from services.referral.domain.rules import Playbook, Rule


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A message that reached nobody, or may reach nobody."""

    alert_id: UUID
    team: str
    """The team that it was for; empty: the patient."""
    decided_at: datetime


def reach_person(
    whole: Whole, undelivered: Undelivered, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """Let the coordinator reach a person whom no message reached (R77), in a closed handover too.

    A coordinator who cannot be reached either gets one such task and no more: the message about the task would
    reach nobody again, for ever.
    """
    rules = playbook.on("alert.not_delivered")
    coordinator = whole.handover.coordinator_team
    known = {rule.id for rule in rules}
    if undelivered.team == coordinator and any(
        task.rule_id in known and task.owner_team == coordinator for task in whole.open_tasks()
    ):
        return ()
    return tuple(
        TaskAdded(
            _task(
                rule,
                whole.handover,
                undelivered.decided_at,
                playbook,
                new_id,
                alert_id=undelivered.alert_id,
            ),
            now,
        )
        for rule in rules
    )


def follow_on(
    whole: Whole, failed: TaskChanged, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """Let the coordinator decide what happens instead of a task that failed (C9)."""
    return tuple(
        TaskAdded(
            _task(rule, whole.handover, failed.at, playbook, new_id, follows=failed.task_id),
            failed.at,
        )
        for rule in playbook.on("task.failed")
    )


def _task(
    rule: Rule,
    handover: Handover,
    anchor: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    alert_id: UUID | None = None,
    follows: UUID | None = None,
) -> Task:
    directory = playbook.directory
    owner = directory.teams.get(handover.coordinator_team, directory.last_resort)
    when = shortened(
        due(rule.counting, anchor, owner.calendar, playbook.holidays), anchor, playbook.divisor
    )
    return Task(
        task_id=new_id(),
        handover_id=handover.handover_id,
        offer_id=None,
        code=rule.code,
        rule_id=rule.id,
        rule_version=rule.version,
        owner_team=owner.id,
        status="accepted",
        anchored_at=anchor,
        due_at=when.due_at,
        not_before=when.not_before,
        needs_outcome=rule.needs_outcome,
        alert_id=alert_id,
        follows=follows,
    )
