"""Silence: a deadline that passes changes no status, it tells somebody further up."""

from datetime import datetime

from services.referral.domain.facts import TaskEscalated
from services.referral.domain.handover import Handover, Task
from services.referral.domain.rules import Asked, Playbook, Whose, resolve

_NAMED_ROLE = Asked(of="sender", role="safety-lead")


def escalate(
    task: Task, handover: Handover, now: datetime, playbook: Playbook
) -> TaskEscalated | None:
    """Take the step of the ladder that a passed deadline asks for; None when there is none to take.

    The owner is told together with the roles that the rule names. A role that the directory does not know is
    replaced by its last resort, so that the ladder always ends at somebody.
    """
    if not task.is_late(now) or task.escalation_step:
        return None
    rule = playbook.rule(task.rule_id)
    ladder = rule.told_at_breach if rule and rule.told_at_breach else (_NAMED_ROLE,)
    told = dict.fromkeys((task.owner_team, *(_team(asked, handover, playbook) for asked in ladder)))
    return TaskEscalated(
        task_id=task.task_id,
        code=task.code,
        owner_team=task.owner_team,
        told_teams=tuple(told),
        due_at=task.due_at,
        at=now,
    )


def _team(asked: Asked, handover: Handover, playbook: Playbook) -> str:
    directory = playbook.directory
    if asked.of == "coordinator":
        return handover.coordinator_team
    sender = directory.teams.get(handover.sender_team, directory.last_resort)
    codes: dict[Whose, str | None] = {"sender": handover.sender}
    team = resolve(asked, codes, sender.place, directory)
    return (team or directory.last_resort).id
