"""Who should learn of which fact of a handover; whether they may is decided later, when it is sent."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.notify.domain.alert import ROUTINE, Audience, Kind, Telling
from services.notify.domain.plan import UNDELIVERED, Answer, Plan, PlanTask

REPLACES = "replaces"
"""The handover follows one of the same stay that was withdrawn."""
REFERRAL = "referral"
BREACH = "breach"
_TO_PATIENTS_OF_REFERRAL = {"rejected": Kind.RETURNED, "cancelled": Kind.CALLED_OFF}
_OF_APPOINTMENTS = {
    "booked": Kind.BOOKED,
    "moved": Kind.APPOINTMENT_MOVED,
    "cancelled": Kind.CANCELLED,
    "missed": Kind.MISSED,
}
_MOST_URGENT = {"stat": 0, "asap": 1, "urgent": 2}


def on_opened(plan: Plan, asked_teams: Iterable[str], because: str = "") -> list[Telling]:
    """Every asked team, the sender's own team if it has a duty, and always the patient (domain rule A50).

    A patient who left hospital is told of a plan, and one who is referred of the team that was asked.
    """
    asked: dict[str, list[PlanTask]] = {team: [] for team in asked_teams}
    own: dict[str, list[PlanTask]] = {}
    for task in plan.tasks:
        (asked if task.asked_team in asked else own).setdefault(task.asked_team, []).append(task)
    told = [_team(Kind.OPENED, team, tasks, because) for team, tasks in asked.items()]
    told += [_team(Kind.DUTY, team, tasks, because) for team, tasks in own.items()]
    began = Kind.REFERRED if plan.purpose == REFERRAL else Kind.OPENED
    return [*told, Telling(Audience.PATIENT, began)]


def on_added(task: PlanTask) -> list[Telling]:
    """The team that owns the new task, if it has one."""
    return [_team(Kind.ADDED, task.owner_team, [task])] if task.owner_team else []


def on_declined(plan: Plan, offer_id: UUID, owner_team: str) -> list[Telling]:
    """The team that keeps the work."""
    return [_team(Kind.DECLINED, owner_team, plan.of_offer(offer_id))]


def on_warned(
    plan: Plan, task_id: UUID, told_teams: Iterable[str], due_at: datetime, milestone: str
) -> list[Telling]:
    """Every team on this step of the ladder: the deadline is near."""
    return _of_a_task(Kind.WARNED, plan, task_id, told_teams, due_at, milestone)


def on_escalated(
    plan: Plan, task_id: UUID, told_teams: Iterable[str], due_at: datetime, milestone: str = BREACH
) -> list[Telling]:
    """Every team on this step of the ladder: the deadline has passed."""
    kind = Kind.ESCALATED if milestone == BREACH else Kind.STILL_LATE
    return _of_a_task(kind, plan, task_id, told_teams, due_at, milestone)


def on_offered(
    plan: Plan,
    offer_id: UUID,
    tasks: Collection[UUID],
    asked_team: str,
    owner_team: str,
    because: str,
) -> list[Telling]:
    """The team that is asked, and the one that stays accountable until it accepts."""
    offered = [task for task in plan.tasks if task.task_id in tasks]
    return _each_once(
        replace(_team(Kind.OFFERED, asked_team, offered, because), about=offer_id),
        replace(_team(Kind.HANDED_ON, owner_team, offered, because), about_team=asked_team),
    )


def on_redirected(
    plan: Plan, offer_id: UUID, tasks: Collection[UUID], asked_team: str, because: str
) -> list[Telling]:
    """The team that is asked now, who handed over, and the patient where it is their referral (scenario S05)."""
    offered = [task for task in plan.tasks if task.task_id in tasks]
    told = [
        replace(_team(Kind.OFFERED, asked_team, offered, because), about=offer_id),
        replace(_team(Kind.REDIRECTED, plan.sender_team, offered, because), about_team=asked_team),
    ]
    if plan.purpose == REFERRAL:
        told.append(
            Telling(Audience.PATIENT, Kind.REDIRECTED, about=offer_id, about_team=asked_team)
        )
    return _each_once(*told)


def on_accepted(plan: Plan, offer_id: UUID, team: str) -> list[Telling]:
    """Nobody, unless the work moved with the patient or a practice: then the patient hears who has it (scenario S10).

    `plan` is as it was before somebody accepted.
    """
    if not any(task.moved for task in plan.of_offer(offer_id)):
        return []
    return [Telling(Audience.PATIENT, Kind.MOVED, about=offer_id, about_team=team)]


def on_unanswered(
    plan: Plan, offer_id: UUID, asked_team: str, told_teams: Iterable[str], accept_by: datetime
) -> list[Telling]:
    """Everybody who should know that nobody has accepted in time."""
    offered = plan.of_offer(offer_id)
    return _each_once(
        *(
            replace(
                _team(Kind.UNANSWERED, team, offered),
                about=offer_id,
                about_team=asked_team,
                due_at=accept_by,
            )
            for team in told_teams
        )
    )


def on_contact(before: Plan, after: Plan) -> list[Telling]:
    """The patient, when they would ring somebody else now."""
    if after.contact is None or not after.contact.is_another_than(before.contact):
        return []
    return [Telling(Audience.PATIENT, Kind.CONTACT)]


def on_reopened(plan: Plan, because: str) -> list[Telling]:
    """The team that is accountable for the whole."""
    return [Telling(Audience.TEAM, Kind.REOPENED, plan.coordinator_team, because=because)]


def on_referral(plan: Plan, state: str, team: str) -> list[Telling]:
    """Who referred, and the patient where the referral does not go on as it was."""
    told = [Telling(Audience.TEAM, Kind.REFERRAL, plan.sender_team, because=state, about_team=team)]
    if state in _TO_PATIENTS_OF_REFERRAL:
        told.append(Telling(Audience.PATIENT, _TO_PATIENTS_OF_REFERRAL[state]))
    return [one for one in told if one.team or one.audience is Audience.PATIENT]


def on_appointment(
    plan: Plan, appointment_id: UUID, status: str, team: str, starts_at: datetime
) -> list[Telling]:
    """The patient; and who referred, when the patient did not come."""
    kind = _OF_APPOINTMENTS.get(status)
    if kind is None:
        return []
    told = [
        Telling(Audience.PATIENT, kind, due_at=starts_at, about=appointment_id, about_team=team)
    ]
    if kind is Kind.MISSED and plan.sender_team:
        because = Kind.MISSED.value
        told.append(
            Telling(
                Audience.TEAM, Kind.REFERRAL, plan.sender_team, because=because, about_team=team
            )
        )
    return told


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


def _of_a_task(
    kind: Kind,
    plan: Plan,
    task_id: UUID,
    told_teams: Iterable[str],
    due_at: datetime,
    milestone: str,
) -> list[Telling]:
    task = plan.task(task_id)
    return [
        Telling(
            Audience.TEAM,
            kind,
            team,
            1,
            due_at,
            task is not None and task.rule_id == UNDELIVERED,
            about=task_id,
            about_team=task.owner_team if task else "",
            milestone=milestone,
            priority=task.priority if task else ROUTINE,
        )
        for team in dict.fromkeys(told_teams)
    ]


def _each_once(*tellings: Telling) -> list[Telling]:
    """One alert for each team and fact, and none for nobody."""
    told: dict[tuple[Audience, str], Telling] = {}
    for one in tellings:
        if one.team or one.audience is Audience.PATIENT:
            told.setdefault((one.audience, one.team), one)
    return list(told.values())


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
        priority=min(
            (task.priority for task in tasks if task.is_open),
            key=lambda priority: _MOST_URGENT.get(priority, 9),
            default=ROUTINE,
        ),
    )
