"""Who should learn of which fact of a handover; whether they may is decided later, when it is sent."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.notify.domain.alert import Audience, Kind, Telling
from services.notify.domain.plan import UNDELIVERED, Answer, Plan, PlanTask


def on_opened(plan: Plan, asked_teams: Iterable[str]) -> list[Telling]:
    """Every asked team, the sender's own team if it has a duty, and always the patient (domain rule A50)."""
    asked: dict[str, list[PlanTask]] = {team: [] for team in asked_teams}
    own: dict[str, list[PlanTask]] = {}
    for task in plan.tasks:
        (asked if task.asked_team in asked else own).setdefault(task.asked_team, []).append(task)
    told = [_team(Kind.OPENED, team, tasks) for team, tasks in asked.items()]
    told += [_team(Kind.DUTY, team, tasks) for team, tasks in own.items()]
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


def on_withdrawn(plan: Plan, told_teams: Iterable[str]) -> list[Telling]:
    """Every team that was told before, or that accepted: stop. The patient is not bothered (scenario S02)."""
    accepted = [task.owner_team for task in plan.tasks if task.answer is Answer.ACCEPTED]
    teams = dict.fromkeys([*sorted(told_teams), *accepted])
    return [Telling(Audience.TEAM, Kind.WITHDRAWN, team) for team in teams]


def _team(kind: Kind, team: str, tasks: Iterable[PlanTask]) -> Telling:
    tasks = list(tasks)
    return Telling(
        Audience.TEAM,
        kind,
        team,
        len(tasks),
        min((task.due_at for task in tasks), default=None),
        last_resort=bool(tasks) and all(task.rule_id == UNDELIVERED for task in tasks),
    )
