"""Work follows the patient to another practice and another area; no clock restarts (R71, S10).

Whoever is accountable stays so until the next team accepts (H10).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.referral.domain import happening
from services.referral.domain.directory import Team
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Offer, Task, Whole
from services.referral.domain.offer_facts import (
    OfferDeclined,
    OfferRedirected,
    OfferUnanswered,
    TasksOffered,
)
from services.referral.domain.passing_on import offer_on
from services.referral.domain.people import SYSTEM
from services.referral.domain.planning import Ids
from services.referral.domain.rules import Playbook

PRACTICE = "gp-practice"
REGISTRATION = "place-registration"
NOT_TAKEN_UP = "move-not-taken-up"
_STARTED = ("in-progress", "on-hold")
_OF_THE_AREA = frozenset({"community-provider", "local-authority", "voluntary"})


def change_practice(
    whole: Whole,
    before: str | None,
    practice: str,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[Fact, ...]:
    """The patient is registered with another practice: what the old one has not begun is offered to the new one.

    What it has begun stays with it unless it hands it on. What waits for its answer, or was declined by it, is asked
    of the new one. Where the new one is not known here, the registration team is asked. Work of services for the
    area of the old practice is offered to those of the new area, where that has them. A missing result goes nowhere
    by itself: whoever has it has agreed to look for it (R05).
    """
    if whole.handover.state != "open":
        return ()
    directory = playbook.directory
    to = directory.at_organisation(PRACTICE, practice)
    left = directory.at_organisation(PRACTICE, before)
    practices, services = list[Task](), dict[str, list[Task]]()
    for task in whole.open_tasks():
        holder = _holder(whole, task, playbook)
        if holder is None or task.result is not None or task.status in _STARTED:
            continue
        if holder.role == PRACTICE:
            if holder.organisation != practice and holder != to:
                practices.append(task)
        elif to and left and _is_of_the_area(holder, left.place, task, playbook):
            there = directory.at_place(holder.role, to.place)
            if there is not None and there.id != holder.id:
                services.setdefault(there.id, []).append(task)
    facts = _ask(
        whole,
        practices,
        to or _registration(whole, playbook),
        "practice-changed",
        now,
        playbook,
        new_id,
    )
    for team_id, tasks in services.items():
        area = directory.teams[team_id]
        facts += _ask(with_offers(whole, facts), tasks, area, "out-of-area", now, playbook, new_id)
    return tuple(facts)


def not_known_there(
    whole: Whole, answered_by: str, now: datetime, playbook: Playbook
) -> tuple[OfferDeclined, ...]:
    """A practice said that it does not have the patient: whoever asked it has the work again (ITK3 30002, 30003).

    What it has begun it keeps: it knows the patient after all.
    """
    if whole.handover.state != "open":
        return ()
    declined = []
    for offer in whole.offers:
        team = playbook.directory.teams.get(offer.team)
        if offer.state not in ("offered", "accepted") or team is None:
            continue
        tasks = [task for task in whole.open_tasks() if task.offer_id == offer.offer_id]
        begun = any(task.status in _STARTED for task in tasks)
        if team.organisation == answered_by and team.role == PRACTICE and tasks and not begun:
            owner = offer.from_team or whole.handover.sender_team
            declined.append(_declined(offer, tasks, owner, "not-our-patient", now))
    return tuple(declined)


def not_taken_up(
    whole: Whole,
    silent: Iterable[OfferUnanswered],
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[Fact, ...]:
    """A new practice has not accepted in time what a practice had or was asked for: somebody of the place settles it."""
    teams = playbook.directory.teams
    for fact in silent:
        offer = whole.offer(fact.offer_id)
        before = whole.offer(offer.redirects) if offer.redirects else None
        pair = (offer.team, before.team if before else offer.from_team)
        if all(one in teams and teams[one].role == PRACTICE for one in pair):
            return happening.happen(whole, NOT_TAKEN_UP, now, now, playbook, new_id)
    return ()


def waiting_at(whole: Whole, team: Team) -> Offer | None:
    """The offer that waits for a team's answer: it has one at a time."""
    waiting = (offer for offer in whole.offers if offer.state == "offered")
    return next((offer for offer in waiting if offer.team == team.id), None)


def with_offers(whole: Whole, facts: Iterable[Fact]) -> Whole:
    """The handover with what these facts offer, so that what is asked next joins it."""
    known = {offer.offer_id for offer in whole.offers}
    made = {
        fact.offer.offer_id: fact.offer
        for fact in facts
        if isinstance(fact, TasksOffered | OfferRedirected) and fact.offer.offer_id not in known
    }
    return replace(whole, offers=(*whole.offers, *made.values()))


def _ask(
    whole: Whole,
    tasks: Iterable[Task],
    to: Team,
    reason: str,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> list[Fact]:
    """Offer these tasks to a team, each on behalf of its owner; what it owns already comes back to it."""
    by_owner: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_owner[task.owner_team].append(task)
    facts: list[Fact] = []
    for owner, theirs in by_owner.items():
        if owner == to.id:
            facts += _back(whole, theirs, reason, now)
            continue
        asked = offer_on(
            with_offers(whole, facts),
            theirs,
            to,
            now,
            playbook,
            new_id,
            reason=reason,
            by=SYSTEM,
            accept_within=playbook.accept_move,
        )
        facts.append(asked)
    return facts


def _back(whole: Whole, tasks: Iterable[Task], reason: str, now: datetime) -> list[OfferDeclined]:
    """The team that has the work is the one to have it: the offer of it to another team ends."""
    waiting = [offer for offer in whole.offers if offer.state == "offered"]
    ended = []
    for offer in waiting:
        theirs = [task for task in tasks if task.offer_id == offer.offer_id]
        if theirs:
            ended.append(_declined(offer, theirs, theirs[0].owner_team, reason, now))
    return ended


def _declined(
    offer: Offer, tasks: Iterable[Task], owner: str, reason: str, now: datetime
) -> OfferDeclined:
    ids = tuple(task.task_id for task in tasks)
    return OfferDeclined(offer.offer_id, offer.team, ids, owner, reason, now, SYSTEM)


def _holder(whole: Whole, task: Task, playbook: Playbook) -> Team | None:
    """The team that is to do a task: whoever is or was asked last, else its owner."""
    offer = whole.offer_of(task)
    asked = offer is not None and offer.state in ("offered", "declined")
    return playbook.directory.teams.get(offer.team if offer and asked else task.owner_team)


def _is_of_the_area(holder: Team, area: str, task: Task, playbook: Playbook) -> bool:
    if holder.place != area:
        return False
    rule = playbook.rule(task.rule_id)
    if rule is not None and rule.owner.of == "place":
        return True
    organisation = playbook.directory.organisations.get(holder.organisation)
    return organisation is not None and organisation.kind in _OF_THE_AREA


def _registration(whole: Whole, playbook: Playbook) -> Team:
    directory = playbook.directory
    sender = directory.teams.get(whole.handover.sender_team, directory.last_resort)
    return directory.at_place(REGISTRATION, sender.place) or directory.last_resort
