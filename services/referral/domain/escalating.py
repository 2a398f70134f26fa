"""Silence: what passes on the way to a deadline changes no status, it tells the owner and somebody further up."""

from collections.abc import Sequence
from datetime import datetime

from services.referral.domain import ladder
from services.referral.domain.directory import Team
from services.referral.domain.handover import Handover, Offer, Task, Whole
from services.referral.domain.offer_facts import OfferUnanswered
from services.referral.domain.rules import Asked, Playbook, Step, Whose, resolve
from services.referral.domain.task_facts import TaskEscalated, TaskWarned


def escalate(
    task: Task, whole: Whole, now: datetime, playbook: Playbook
) -> TaskWarned | TaskEscalated | None:
    """Take the highest step of the ladder whose time has come; None when there is none to take.

    Steps that passed together, in an outage, are one step that tells everybody whom they would have told (A47); the
    first word of a breach is said as such, however late it comes. The owner is told at each, with the team that has
    not answered yet and the roles that the rule names. A role that the directory does not know is replaced by its
    last resort, so that the ladder always ends at somebody.
    """
    if not task.is_open or task.rings_at is None or task.rings_at > now:
        return None
    rule = playbook.rule(task.rule_id)
    steps, calendar = ladder.ladder_of(rule), _doer(task, whole, playbook).calendar
    reached = task.ladder_step
    while reached < len(steps) and ladder.time_of(steps[reached], task, calendar, playbook) <= now:
        reached += 1
    passed = steps[task.ladder_step : reached] or steps[-1:]
    step = passed[-1]
    passed = tuple(one for one in passed if ladder.is_breach(one) == ladder.is_breach(step))
    rings_at = (
        ladder.time_of(steps[reached], task, calendar, playbook)
        if reached < len(steps)
        else ladder.time_again(rule, now, calendar, playbook)
    )
    told = _told(passed, task, whole, playbook)
    if not ladder.is_breach(step):
        return TaskWarned(
            task_id=task.task_id,
            code=task.code,
            owner_team=task.owner_team,
            told_teams=told,
            milestone=step.at,
            due_at=task.due_at,
            at=now,
            ladder_step=reached,
            rings_at=rings_at,
        )
    return TaskEscalated(
        task_id=task.task_id,
        code=task.code,
        owner_team=task.owner_team,
        told_teams=told,
        due_at=task.due_at,
        at=now,
        step=task.escalation_step + 1,
        milestone=step.at if task.escalation_step else ladder.BREACH.at,
        ladder_step=reached,
        rings_at=rings_at,
    )


def unanswered(
    whole: Whole, offer: Offer, now: datetime, playbook: Playbook
) -> OfferUnanswered | None:
    """Say once that nobody accepted in time: to both teams, the coordinator and the managers of both (S05)."""
    if (
        offer.state != "offered"
        or offer.unanswered
        or offer.accept_by is None
        or offer.accept_by > now
    ):
        return None
    handover, teams = whole.handover, playbook.directory.teams
    owner = offer.from_team or handover.sender_team
    managers = (
        manager.id
        for team in (owner, offer.team)
        if team in teams
        and (
            manager := playbook.directory.at_organisation(
                "service-manager", teams[team].organisation
            )
        )
    )
    told = dict.fromkeys((owner, offer.team, handover.coordinator_team, *managers))
    return OfferUnanswered(offer.offer_id, offer.team, owner, tuple(told), offer.accept_by, now)


def _told(steps: Sequence[Step], task: Task, whole: Whole, playbook: Playbook) -> tuple[str, ...]:
    told = [task.owner_team]
    offer = whole.offer_of(task)
    if offer is not None and offer.state == "offered":
        told.append(offer.team)
    told += (team_of(asked, task, whole.handover, playbook) for step in steps for asked in step.to)
    return tuple(dict.fromkeys(told))


def _doer(task: Task, whole: Whole, playbook: Playbook) -> Team:
    """The team in whose calendar the task is counted: the one that was asked."""
    offer, directory = whole.offer_of(task), playbook.directory
    return directory.teams.get(offer.team if offer else task.owner_team, directory.last_resort)


def team_of(asked: Asked, task: Task, handover: Handover, playbook: Playbook) -> str:
    """The team that a step of the ladder means; the last resort where the directory knows none."""
    directory = playbook.directory
    if asked.of == "coordinator":
        return handover.coordinator_team
    owner = directory.teams.get(task.owner_team, directory.last_resort)
    if asked.of == "owner" and not asked.role:
        return owner.id
    sender = directory.teams.get(handover.sender_team, directory.last_resort)
    codes: dict[Whose, str | None] = {"sender": handover.sender, "owner": owner.organisation}
    team = resolve(asked, codes, sender.place, directory)
    return (team or directory.last_resort).id
