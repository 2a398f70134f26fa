"""Passing work on: the one who has it stays accountable until the next one accepts (H10, S05)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain import reasons
from services.referral.domain.counting import Counting
from services.referral.domain.deadlines import due, shortened
from services.referral.domain.directory import Team
from services.referral.domain.errors import (
    NotOffered,
    NotTheOwner,
    OfferAlreadyAnswered,
    OfferNotAccepted,
    ReasonUnknown,
    SameTeam,
)
from services.referral.domain.handover import Offer, Task, Whole
from services.referral.domain.offer_facts import OfferRedirected, TasksOffered
from services.referral.domain.people import Person
from services.referral.domain.planning import Ids, plan_on, task_of
from services.referral.domain.rules import Asked, Playbook, resolve
from services.referral.domain.task_facts import TaskAdded

TOO_OFTEN = "offer.redirected-too-often"


def redirect(
    whole: Whole,
    offer_id: UUID,
    to: Team,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    reason: str,
) -> tuple[OfferRedirected] | tuple[TaskAdded, ...]:
    """Pass an offer on to a better-suited team in one act: clock, deadlines and letter go with it.

    From this moment until that team accepts, the team that passes it on is accountable for the work, whether it had
    accepted or not. At the limit nothing is passed on: a clinical lead gets a task to decide where it goes, and only
    they may pass it on then. Raises `NotOffered`, `HandoverClosed`, `OfferAlreadyAnswered`, `ReasonUnknown`, or
    `SameTeam` for a team that has it or is asked already.
    """
    offer = whole.offer(offer_id)
    leads = _leads(whole, offer, person, playbook)
    if not leads and not person.speaks_for(offer.team):
        raise NotOffered
    whole.must_be_open()
    tasks = tuple(task.task_id for task in whole.open_tasks() if task.offer_id == offer_id)
    if offer.state not in ("offered", "accepted") or not tasks:
        raise OfferAlreadyAnswered(offer.state)
    if reason not in reasons.REDIRECT:
        raise ReasonUnknown
    if to.id == offer.team or _waits_at(whole, to) is not None:
        raise SameTeam
    if offer.redirect_count >= playbook.redirect_limit and not leads:
        return _decide_instead(whole, offer, now, playbook, new_id)
    made = Offer(
        offer_id=new_id(),
        handover_id=offer.handover_id,
        team=to.id,
        role=to.role,
        from_team=offer.team,
        redirects=offer.offer_id,
        redirect_count=offer.redirect_count + 1,
        accept_by=accept_by(playbook.accept_redirect, to, now, playbook),
    )
    return (OfferRedirected(offer_id, offer.team, made, tasks, reason, now, person.ref),)


def _decide_instead(
    whole: Whole, offer: Offer, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """One such task at a time."""
    rules = {rule.id for rule in playbook.on(TOO_OFTEN)}
    if any(task.rule_id in rules for task in whole.open_tasks()):
        return ()
    planned = plan_on(TOO_OFTEN, whole.handover, now, playbook)
    lead = _lead_of(whole, offer, playbook)
    return tuple(
        TaskAdded(task_of(replace(one, team=lead or one.team), whole.handover, None, new_id), now)
        for one in planned
    )


def hand_on(
    whole: Whole,
    task_id: UUID,
    to: Team,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    reason: str,
) -> TasksOffered:
    """Ask another team to take over one task that this team has; it stays here until they accept.

    Raises `NotTheOwner`, `HandoverClosed`, `OfferNotAccepted`, `ReasonUnknown` or `SameTeam`.
    """
    task = whole.task(task_id)
    if not person.speaks_for(task.owner_team):
        raise NotTheOwner
    whole.must_be_open()
    if task.status == "requested":
        raise OfferNotAccepted
    if reason not in reasons.OFFER:
        raise ReasonUnknown
    if to.id == task.owner_team:
        raise SameTeam
    return offer_on(
        whole,
        (task,),
        to,
        now,
        playbook,
        new_id,
        reason=reason,
        by=person.ref,
        accept_within=playbook.accept_move,
    )


def offer_on(
    whole: Whole,
    tasks: Iterable[Task],
    to: Team,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    reason: str,
    by: str,
    accept_within: Counting,
) -> TasksOffered:
    """Ask a team to take over tasks of one owner, with their deadlines as they are.

    Where an offer from that owner waits there already, they join it.
    """
    moved = tuple(tasks)
    waiting = _waits_at(whole, to)
    before = [offer.redirect_count for task in moved if (offer := whole.offer_of(task))]
    made = Offer(
        offer_id=new_id(),
        handover_id=whole.handover.handover_id,
        team=to.id,
        role=to.role,
        from_team=moved[0].owner_team,
        redirects=moved[0].offer_id,
        redirect_count=max(before, default=0),
        accept_by=accept_by(accept_within, to, now, playbook),
    )
    return TasksOffered(
        offer=waiting or made,
        tasks=tuple(task.task_id for task in moved),
        owner_team=moved[0].owner_team,
        reason=reason,
        at=now,
        by=by,
    )


def accept_by(within: Counting, team: Team, now: datetime, playbook: Playbook) -> datetime:
    """By when a team must say whether it takes something, in its own calendar."""
    when = due(within, now, team.calendar, playbook.holidays)
    return shortened(when, now, playbook.divisor).due_at


def _waits_at(whole: Whole, team: Team) -> Offer | None:
    """A team has one unanswered offer of a handover at a time."""
    waiting = (offer for offer in whole.offers if offer.state == "offered")
    return next((offer for offer in waiting if offer.team == team.id), None)


def _leads(whole: Whole, offer: Offer, person: Person, playbook: Playbook) -> bool:
    lead = _lead_of(whole, offer, playbook)
    return lead is not None and person.speaks_for(lead.id)


def _lead_of(whole: Whole, offer: Offer, playbook: Playbook) -> Team | None:
    """The clinical lead where the offer lies, else where it came from."""
    directory = playbook.directory
    for team_id in (offer.team, offer.from_team, whole.handover.sender_team):
        team = directory.teams.get(team_id)
        if team is not None:
            lead = resolve(
                Asked("owner", "clinical-lead"), {"owner": team.organisation}, "", directory
            )
            if lead is not None:
                return lead
    return None
