"""What an alert says to a team, in a few words: on a page, and as a line of a longer message."""

from datetime import datetime

from services.notify.domain.alert import OF_TASKS, Alert, Kind, Telling
from services.notify.domain.plan import Plan
from services.notify.domain.wording import deadline_in_words, late_in_words, milestone_in_words
from services.notify.usecases.desk import Desk


def line_of(alert: Alert, plan: Plan, now: datetime, desk: Desk) -> str:
    """One alert in a line: what it is about, whose it is, how urgent, by when."""
    told, zone = alert.telling, desk.site.policy.zone
    parts = [news_of(told, desk)]
    if told.kind in OF_TASKS:
        parts.append(f"task {str(told.about)[-6:]}, {owner_of(alert, plan, desk)} is responsible")
    elif told.task_count:
        parts.append(tasks_in_words(told.task_count))
    if told.urgent:
        parts.append("urgent")
    if told.due_at:
        late = f", {late_in_words(now - told.due_at)} late" if told.due_at < now else ""
        parts.append(f"deadline {deadline_in_words(told.due_at, zone)}{late}")
    return "; ".join(parts)


def news_of(told: Telling, desk: Desk) -> str:
    """What an alert to a team says, in a few words."""
    other = name_of(told.about_team, desk)
    because = desk.why(told.kind, told.because).rstrip(".")
    return {
        Kind.WARNED: f"{milestone_in_words(told.milestone)} of the time has passed",
        Kind.ESCALATED: "Deadline passed, task still open",
        Kind.STILL_LATE: "Still late, task still open",
        Kind.HANDED_ON: f"Offered to {other}",
        Kind.REDIRECTED: f"Passed on to {other}: nothing to do",
        Kind.UNANSWERED: f"{other} has not answered in time",
        Kind.REOPENED: f"Opened again: {because}",
        Kind.REFERRAL: f"Your referral: {because}",
        Kind.ADDED: f"{tasks_in_words(told.task_count)} added",
        Kind.CHANGED: f"{tasks_in_words(told.task_count)} changed",
        Kind.DUTY: "New handover with work of your own",
    }.get(told.kind, "News")


def owner_of(alert: Alert, plan: Plan, desk: Desk) -> str:
    """Who is responsible for the task now, which may be another team than when the fact happened."""
    task = plan.task(alert.telling.about) if alert.telling.about else None
    return name_of(task.owner_team if task else alert.telling.about_team, desk)


def name_of(team_id: str, desk: Desk) -> str:
    team = desk.site.teams.get(team_id)
    return team.name if team else "Another team"


def tasks_in_words(count: int) -> str:
    return "1 task" if count == 1 else f"{count} tasks"
