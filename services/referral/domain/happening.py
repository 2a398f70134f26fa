"""Something happened that rules look at: it proves work done, makes it pointless, moves deadlines, or asks for more."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.referral.domain.facts import Fact, SomethingHappened
from services.referral.domain.handover import Task, TaskStatus, Whole
from services.referral.domain.people import SYSTEM, Person
from services.referral.domain.planning import Ids, plan_again, plan_on
from services.referral.domain.redrafting import Redraft
from services.referral.domain.rules import HAPPENED, Playbook
from services.referral.domain.saying import must_say
from services.referral.domain.task_facts import TaskChanged


def happen(
    whole: Whole,
    code: str,
    happened_at: datetime,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    by: str = SYSTEM,
) -> tuple[Fact, ...]:
    """Take in what happened, in an open handover; nothing when that very thing is known.

    A rule that it sets off makes no second task while its first is open.
    """
    handover = whole.handover
    if handover.state != "open" or handover.happened.get(code) == happened_at:
        return ()
    known = {code: happened_at} | dict(handover.happened)
    whole = replace(whole, handover=replace(handover, happened=known))
    closed = tuple(_closed(whole, code, now, playbook, by))
    whole = after(whole, closed)
    draft = Redraft(whole)
    for task in draft.open_tasks():
        rule = playbook.rule(task.rule_id)
        # What it began the last time keeps its deadline: it counts from that time, or from what is known better.
        if rule is not None and rule.anchor == HAPPENED + code != rule.trigger:
            again = plan_again(rule, whole.handover, playbook)
            if (again.when.due_at, again.when.not_before) != (task.due_at, task.not_before):
                draft.move(task, again, now)
    at_work = {task.rule_id for task in draft.open_tasks()}
    # What happens a second time, such as a missed appointment, has its work counted from that time.
    lately = replace(whole.handover, happened=known | {code: happened_at})
    wanted = plan_on(HAPPENED + code, lately, happened_at, playbook)
    draft.ask(*(one for one in wanted if one.rule.id not in at_work))
    facts: tuple[Fact, ...] = (SomethingHappened(code, happened_at, now, by), *closed)
    if draft.asked or draft.moved:
        facts = (*facts, draft.as_it_stands("happened", now, new_id))
    return facts


def report(
    whole: Whole,
    code: str,
    happened_at: datetime,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    person: Person,
) -> tuple[Fact, ...]:
    """Let somebody who is part of an open handover, and whose role sees it happen, say what happened."""
    whole.must_be_open()
    must_say(whole, code, person, playbook)
    return happen(whole, code, happened_at, now, playbook, new_id, by=person.ref)


def done(
    whole: Whole, completed: TaskChanged, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[Fact, ...]:
    """What a completed task brings with it: other tasks that it does too, and what has happened by it."""
    rule = playbook.rule(whole.task(completed.task_id).rule_id)
    if rule is None:
        return ()
    also = tuple(
        TaskChanged(task.task_id, "completed", task.owner_team, now, completed.by, completed.reason)
        for task in whole.open_tasks()
        if task.rule_id in rule.completes_also and task.status != "requested"
    )
    if not rule.then:
        return also
    whole = after(whole, (completed, *also))
    return (*also, *happen(whole, rule.then, now, now, playbook, new_id, by=completed.by))


def after(whole: Whole, changes: Sequence[TaskChanged]) -> Whole:
    """The handover once these tasks have changed."""
    changed = {change.task_id: change.status for change in changes}
    tasks = tuple(
        replace(task, status=changed[task.task_id]) if task.task_id in changed else task
        for task in whole.tasks
    )
    return replace(whole, tasks=tasks)


def _closed(
    whole: Whole, code: str, now: datetime, playbook: Playbook, by: str
) -> list[TaskChanged]:
    closed = []
    for task in whole.open_tasks():
        status = _ending(task, code, playbook)
        if status is not None:
            reason = HAPPENED + code
            closed.append(TaskChanged(task.task_id, status, task.owner_team, now, by, reason))
    return closed


def _ending(task: Task, code: str, playbook: Playbook) -> TaskStatus | None:
    rule = playbook.rule(task.rule_id)
    if rule is None:
        return None
    if code in rule.completed_by:
        return "completed"
    return "cancelled" if code in rule.cancelled_by else None
