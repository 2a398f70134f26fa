"""The plan in plain words: what happens next, who does it, by when, in what state, whom to ring (rule A26)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.notify.domain.plan import Answer, Plan, PlanTask
from services.notify.domain.site import Team

_BETWEEN_TEAMS = frozenset({"document", "loose-end"})
_HOURS_BEFORE_DAYS = 48
_HIDDEN_STATUSES = frozenset({"cancelled", "rejected", "entered-in-error", "draft"})


@dataclass(frozen=True, slots=True)
class TaskWords:
    """How one task code is said to a patient: no diagnosis, no medicine, no abbreviation."""

    what: str
    """`{who}` stands for the name of the team that does it."""
    hidden: bool = False
    """True: work between teams that a patient cannot do anything about."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens next."""

    what: str
    who: str
    contact: str
    """The team to ring: the one that is responsible now."""
    phone: str
    hours: str
    when: str
    state: str
    done: bool
    late: bool


def steps_of(
    plan: Plan,
    words: Mapping[str, TaskWords],
    teams: Mapping[str, Team],
    now: datetime,
    zone: ZoneInfo,
) -> list[Step]:
    """The steps in order of their deadline, the done ones last. Unknown codes get general words."""
    steps = [
        _step(task, words.get(task.code, words["*"]), teams, now, zone)
        for task in sorted(plan.tasks, key=lambda task: task.due_at)
        if task.status not in _HIDDEN_STATUSES and not words.get(task.code, words["*"]).hidden
    ]
    return sorted(steps, key=lambda step: step.done)


def shows_nothing(plan: Plan, words: Mapping[str, TaskWords]) -> bool:
    """Whether all that is to be done is work between teams, so that there is nothing to tell the patient.

    A referral is always theirs to know of; a question about a stay, or a document that has to be read, never is.
    """
    if plan.purpose in _BETWEEN_TEAMS:
        return True
    if plan.purpose == "referral":
        return False
    return bool(plan.tasks) and all(words.get(task.code, words["*"]).hidden for task in plan.tasks)


def day_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Like "Tuesday 8 September", on the patient's wall calendar."""
    wall = at.astimezone(zone)
    return f"{wall:%A} {wall.day} {wall:%B}"


def date_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Like "Tuesday 8 September 2026"."""
    return f"{day_in_words(at, zone)} {at.astimezone(zone):%Y}"


def day_and_time_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Like "Tuesday 8 September 2026 at 11:20"."""
    return f"{date_in_words(at, zone)} at {at.astimezone(zone):%H:%M}"


def deadline_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Like "Tue 8 Sep 2026, 11:20", on the clock of the place; midnight is "end of Mon 7 Sep 2026"."""
    wall = at.astimezone(zone)
    if wall.time() == time():
        wall = _last_moment(at).astimezone(zone)
        return f"end of {wall:%a} {wall.day} {wall:%b %Y}"
    return f"{wall:%a} {wall.day} {wall:%b %Y, %H:%M}"


def late_in_words(late: timedelta) -> str:
    """Like "5 hours" or "2 days": how long ago a deadline passed."""
    hours = int(late.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    if hours < _HOURS_BEFORE_DAYS:
        return "1 hour" if hours == 1 else f"{hours} hours"
    return f"{hours // 24} days"


def milestone_in_words(milestone: str) -> str:
    """Like "80 %" of the time for a task."""
    return "Half" if milestone == "50%" else milestone.replace("%", " %")


def _step(
    task: PlanTask, words: TaskWords, teams: Mapping[str, Team], now: datetime, zone: ZoneInfo
) -> Step:
    doer = task.owner_team if task.answer is not Answer.WAITING else task.asked_team
    who = _name(doer, teams)
    owner = teams.get(task.owner_team)
    contact = owner if owner and owner.active else None
    late = task.is_open and task.due_at < now
    return Step(
        what=words.what.format(who=who),
        who=who,
        contact=contact.name if contact else "",
        phone=contact.phone if contact else "",
        hours=contact.hours if contact else "",
        when=_when(task, zone),
        state=_state(task, teams, late=late),
        done=task.status == "completed",
        late=late,
    )


def _last_moment(due_at: datetime) -> datetime:
    """Whoever has until midnight has the day before it, not the day after."""
    return due_at - timedelta(microseconds=1)


def _when(task: PlanTask, zone: ZoneInfo) -> str:
    end = day_in_words(_last_moment(task.due_at), zone)
    start = day_in_words(task.not_before, zone) if task.not_before else end
    return f"between {start} and {end}" if start != end else f"by {end}"


def _state(task: PlanTask, teams: Mapping[str, Team], *, late: bool) -> str:
    owner, asked = _name(task.owner_team, teams), _name(task.asked_team, teams)
    said = _said(task, owner, asked)
    if late:
        return f"{said} This is later than planned: you can ring and ask."
    return said


def _said(task: PlanTask, owner: str, asked: str) -> str:
    if task.status == "completed":
        return f"{owner} has done this."
    if task.status == "failed":
        return f"This could not be done. {owner} is responsible for what happens now."
    if task.status == "in-progress":
        return f"{owner} has started this."
    return {
        Answer.OWN: f"{owner} is responsible for this.",
        Answer.WAITING: f"{asked} has been asked. {owner} stays responsible until they accept.",
        Answer.ACCEPTED: f"{owner} has accepted this.",
        Answer.DECLINED: f"{asked} could not take this. {owner} is responsible and will arrange it.",
    }[task.answer]


def _name(team_id: str, teams: Mapping[str, Team]) -> str:
    team = teams.get(team_id)
    return team.name if team else "Your care team"
