"""Who should learn of which fact of a handover; whether they may is decided later, when it is sent."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from services.notify.domain.alert import Audience, Kind, Telling
from services.notify.domain.plan import UNDELIVERED, Answer, Plan, PlanTask

REPLACES = "replaces"
"""The handover follows one of the same stay that was withdrawn."""


def on_opened(plan: Plan, asked_teams: Iterable[str], because: str = "") -> list[Telling]:
    """Every asked team, the sender's own team if it has a duty, and always the patient (domain rule A50)."""
    asked: dict[str, list[PlanTask]] = {team: [] for team in asked_teams}
    own: dict[str, list[PlanTask]] = {}
    for task in plan.tasks:
        (asked if task.asked_team in asked else own).setdefault(task.asked_team, []).append(task)
    told = [_team(Kind.OPENED, team, tasks, because) for team, tasks in asked.items()]
    told += [_team(Kind.DUTY, team, tasks, because) for team, tasks in own.items()]
    return [*told, Telling(Audience.PATIENT, Kind.OPENED)]


def on_added(task: PlanTask) -> list[Telling]:
    """The team that owns the new task, if it has one."""
    return [_team(Kind.ADDED, task.owner_team, [task])] if task.owner_team else []


def on_declined(plan: Plan, offer_id: UUID, owner_team: str) -> list[Telling]:
    """The team that keeps the work."""
    return [_team(Kind.DECLINED, owner_team, plan.of_offer(offer_id))]


def on_escalated(
    plan: Plan, task_id: UUID, told_teams: Iterable[str], due_at: datetime
) -> list[Telling]:
    """Every team on this step of the ladder."""
    task = plan.task(task_id)
    last_resort = task is not None and task.rule_id == UNDELIVERED
    return [
        Telling(Audience.TEAM, Kind.ESCALATED, team, 1, due_at, last_resort)
        for team in dict.fromkeys(told_teams)
    ]


def on_replanned(
    before: Plan, after: Plan, asked_teams: Collection[str], because: str
) -> list[Telling]:
    """Each team once: asked anew, given more, or told what is another now. The patient reads it on the page.

    Says nothing to a team for which nothing is different.
    """
    known = {task.task_id: task for task in before.tasks}
    added: dict[str, list[PlanTask]] = {team: [] for team in asked_teams}
    changed: dict[str, list[PlanTask]] = {}
    for task in after.tasks:
        if task.task_id not in known:
            added.setdefault(_concerned(task), []).append(task)
        elif task != known[task.task_id]:
            changed.setdefault(_concerned(task), []).append(task)
    return [
        _team(
            Kind.OPENED if team in asked_teams else Kind.CHANGED if team in changed else Kind.ADDED,
            team,
            (*added.get(team, ()), *changed.get(team, ())),
            because,
        )
        for team in dict.fromkeys([*added, *changed])
    ]


def on_withdrawn(plan: Plan, told_teams: Iterable[str], because: str) -> list[Telling]:
    """Every team that was told before, or that accepted: stop. The patient is not bothered (scenario S02)."""
    accepted = [task.owner_team for task in plan.tasks if task.answer is Answer.ACCEPTED]
    teams = dict.fromkeys([*sorted(told_teams), *accepted])
    return [Telling(Audience.TEAM, Kind.WITHDRAWN, team, because=because) for team in teams]


def _concerned(task: PlanTask) -> str:
    """Who works on it, or was asked to."""
    return task.asked_team if task.answer is Answer.WAITING else task.owner_team


def _team(kind: Kind, team: str, tasks: Iterable[PlanTask], because: str = "") -> Telling:
    tasks = list(tasks)
    return Telling(
        Audience.TEAM,
        kind,
        team,
        len(tasks),
        min((task.due_at for task in tasks if task.is_open), default=None),
        last_resort=bool(tasks) and all(task.rule_id == UNDELIVERED for task in tasks),
        because=because,
    )
