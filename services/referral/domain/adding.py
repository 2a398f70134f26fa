"""Tasks that join a handover later, in a closed one too: what went wrong on the way, and what a person must look at."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.handover import Whole
from services.referral.domain.planning import Ids, plan_on, task_of
from services.referral.domain.rules import Playbook, Trigger
from services.referral.domain.task_facts import TaskAdded, TaskChanged


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
    known = {rule.id for rule in playbook.on("alert.not_delivered")}
    coordinator = whole.handover.coordinator_team
    if undelivered.team == coordinator and any(
        task.rule_id in known and task.owner_team == coordinator for task in whole.open_tasks()
    ):
        return ()
    return _add(
        whole,
        "alert.not_delivered",
        undelivered.decided_at,
        now,
        playbook,
        new_id,
        alert_id=undelivered.alert_id,
    )


def put_right(
    whole: Whole,
    alert_id: UUID,
    decided_at: datetime,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[TaskAdded, ...]:
    """Let the ward put right what the patient was told and is not true any more (S02); nobody, once they died."""
    if whole.handover.death == "said":
        return ()
    return _add(whole, "alert.overtaken", decided_at, now, playbook, new_id, alert_id=alert_id)


def tell_to_stop(
    whole: Whole, team: str, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """Let the ward tell a team that did not say in time that it knows of the withdrawal (S02, H07).

    The ward itself need not be told by the ward.
    """
    if whole.handover.state != "withdrawn" or team == whole.handover.sender_team:
        return ()
    return _add(whole, "withdrawal.unread", now, now, playbook, new_id)


def check_records(
    whole: Whole, heard_at: datetime, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """Let the ward check which record is right after two were merged or parted (P14); once at a time."""
    known = {rule.id for rule in playbook.on("patient.records_changed")}
    if whole.handover.state != "open" or any(task.rule_id in known for task in whole.open_tasks()):
        return ()
    return _add(whole, "patient.records_changed", heard_at, now, playbook, new_id)


def worse_after_the_end(
    whole: Whole, said_at: datetime, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """Let who coordinated a closed handover hear that the patient gets worse: they were told that somebody would.

    Once at a time; nobody, once the patient died.
    """
    known = {rule.id for rule in playbook.on("reply.after_the_end")}
    if whole.handover.death == "said" or any(t.rule_id in known for t in whole.open_tasks()):
        return ()
    return _add(whole, "reply.after_the_end", said_at, now, playbook, new_id)


def follow_on(
    whole: Whole, failed: TaskChanged, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """Let the coordinator decide what happens instead of a task that failed (C9).

    About a result it is for the team that had it: it stays missing, and goes to nobody who has not agreed.
    """
    added = _add(
        whole, "task.failed", failed.at, failed.at, playbook, new_id, follows=failed.task_id
    )
    task = whole.task(failed.task_id)
    if task.result is None:
        return added
    return tuple(
        replace(one, task=replace(one.task, owner_team=task.owner_team, result=task.result))
        for one in added
    )


def _add(
    whole: Whole,
    trigger: Trigger,
    anchor: datetime,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    alert_id: UUID | None = None,
    follows: UUID | None = None,
) -> tuple[TaskAdded, ...]:
    return tuple(
        TaskAdded(
            task_of(one, whole.handover, None, new_id, alert_id=alert_id, follows=follows), now
        )
        for one in plan_on(trigger, whole.handover, anchor, playbook)
    )
