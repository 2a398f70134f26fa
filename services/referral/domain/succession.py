"""Open work of teams that have closed goes to whoever follows them, with its deadlines (R72, S09, A76).

The team that sent the patient takes it back in that moment and is accountable until the next one accepts: nothing is
left with a team that is not there any more. Names stay in the history.
"""

from collections import defaultdict
from collections.abc import Container, Iterable
from datetime import datetime
from uuid import UUID

from services.referral.domain.directory import Team
from services.referral.domain.facts import Fact
from services.referral.domain.handover import Offer, Task, Whole
from services.referral.domain.moving import PRACTICE, REGISTRATION, waiting_at, with_offers
from services.referral.domain.offer_facts import OfferDeclined, OfferRedirected, TasksOffered
from services.referral.domain.passing_on import accept_by
from services.referral.domain.people import SYSTEM
from services.referral.domain.planning import Ids
from services.referral.domain.rules import Playbook


def leave_closed(
    whole: Whole, practice: str | None, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[Fact, ...]:
    """Ask whoever follows a closed team for what it had or was asked for.

    `practice` is where the patient is registered by now: it wins over succession. Who has declined is not asked again.
    Where nobody follows a practice, the work goes back to whoever asked for it (`without_home` tells). A missing result
    goes back to the team that ordered the test: whoever follows has not agreed to look for it (R05).
    """
    if whole.handover.state != "open":
        return ()
    facts: list[Fact] = []
    for closed, theirs in _by_closed_team(whole, playbook).items():
        team = playbook.directory.teams[closed]
        results = _results_back(whole, team, theirs, now, playbook)
        facts += results
        back = {task_id for fact in results for task_id in fact.tasks}
        tasks = [task for task in theirs if task.task_id not in back]
        if back and not tasks and closed != whole.handover.coordinator_team:
            continue
        to = _next(team, whole, practice, playbook)
        if to is None:
            facts += _give_back(whole, team, back, now, playbook)
            continue
        known = with_offers(whole, facts)
        waiting = waiting_at(known, to)
        asked = waiting.offer_id if waiting else None
        stuck = any(task.owner_team == closed for task in tasks) and not is_closed(
            whole.handover.sender_team, playbook
        )
        if stuck or asked is None or any(task.offer_id != asked for task in tasks):
            facts += _move(known, team, tasks, to, now, playbook, new_id)
    return tuple(facts)


def without_home(whole: Whole, facts: Iterable[Fact]) -> bool:
    """Whether work of a closed practice went back because nobody follows it; a result goes back anyhow."""
    return any(
        isinstance(fact, OfferDeclined)
        and any(whole.task(task_id).result is None for task_id in fact.tasks)
        for fact in facts
    )


def inherits_coordination(whole: Whole, offer: Offer, playbook: Playbook) -> bool:
    """Whether whoever accepts this takes over the coordination too, because the team that has it has closed."""
    coordinator = whole.handover.coordinator_team
    if not is_closed(coordinator, playbook):
        return False
    follower = playbook.directory.follower_of(coordinator)
    if follower is not None and follower.id == offer.team:
        return True
    before = whole.offer(offer.redirects).team if offer.redirects else ""
    return coordinator in (before, offer.from_team)


def is_closed(team_id: str, playbook: Playbook) -> bool:
    """Whether the directory knows a team and it may not be asked any more."""
    return team_id in playbook.directory.teams and not playbook.directory.is_open(team_id)


def _by_closed_team(whole: Whole, playbook: Playbook) -> dict[str, list[Task]]:
    """What closed teams own or are asked for; a coordination alone counts too."""
    found: dict[str, list[Task]] = defaultdict(list)
    for task in whole.open_tasks():
        offer = whole.offer_of(task)
        asked = offer.team if offer is not None and offer.state == "offered" else ""
        for team_id in (task.owner_team, asked):
            if is_closed(team_id, playbook):
                found[team_id].append(task)
                break
    if is_closed(whole.handover.coordinator_team, playbook):
        found.setdefault(whole.handover.coordinator_team, [])
    return found


def _next(team: Team, whole: Whole, practice: str | None, playbook: Playbook) -> Team | None:
    directory = playbook.directory
    registered = directory.at_organisation(PRACTICE, practice) if team.role == PRACTICE else None
    declined = {offer.team for offer in whole.offers if offer.state == "declined"}
    candidates: tuple[Team | None, ...] = (registered, directory.follower_of(team.id))
    if team.role != PRACTICE:
        candidates += (directory.at_place(REGISTRATION, team.place), directory.last_resort)
    return next((one for one in candidates if one and one.id not in declined), None)


def _results_back(
    whole: Whole, closed: Team, tasks: Iterable[Task], now: datetime, playbook: Playbook
) -> list[OfferDeclined]:
    """The results among these that another team ordered: it has them again, if it is there."""
    back = []
    for task in tasks:
        offer = whole.offer_of(task)
        if task.result is None or offer is None:
            continue
        owners = (task.result.ordered_by, whole.handover.sender_team)
        owner = next((one for one in owners if not is_closed(one, playbook)), "")
        if owner:
            ids = (task.task_id,)
            back.append(
                OfferDeclined(offer.offer_id, closed.id, ids, owner, "practice-closed", now, SYSTEM)
            )
    return back


def _give_back(
    whole: Whole, closed: Team, gone: Container[UUID], now: datetime, playbook: Playbook
) -> list[OfferDeclined]:
    """The team that sent the patient has the work until somebody knows where it belongs."""
    back = []
    for offer in whole.offers:
        owner = offer.from_team or whole.handover.sender_team
        if is_closed(owner, playbook):
            owner = whole.handover.sender_team
        asked = offer.team == closed.id and offer.state in ("offered", "accepted")
        ids = tuple(
            task.task_id
            for task in whole.open_tasks()
            if task.offer_id == offer.offer_id
            and task.task_id not in gone
            and (asked or task.owner_team == closed.id)
        )
        if ids and not is_closed(owner, playbook):
            reason = "practice-closed"
            back.append(OfferDeclined(offer.offer_id, closed.id, ids, owner, reason, now, SYSTEM))
    return back


def _move(
    whole: Whole,
    closed: Team,
    tasks: Iterable[Task],
    to: Team,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> list[Fact]:
    reason = "practice-closed" if closed.role == PRACTICE else "organisation-merged"
    sender = whole.handover.sender_team
    taken_back: dict[Offer, list[Task]] = defaultdict(list)
    by_owner: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        offer = _had_by(whole, closed, task)
        if offer and task.owner_team == closed.id and not is_closed(sender, playbook):
            taken_back[offer].append(task)
        else:
            by_owner[task.owner_team].append(task)
    if not taken_back and not by_owner:
        by_owner[closed.id] = []
    facts: list[Fact] = []
    for offer, moved in taken_back.items():
        made = _offer(with_offers(whole, facts), closed, to, sender, offer, now, playbook, new_id)
        ids = tuple(task.task_id for task in moved)
        facts.append(OfferRedirected(offer.offer_id, sender, made, ids, reason, now, SYSTEM))
    for owner, moved in by_owner.items():
        made = _offer(with_offers(whole, facts), closed, to, owner, None, now, playbook, new_id)
        ids = tuple(task.task_id for task in moved)
        facts.append(TasksOffered(made, ids, owner, reason, now, SYSTEM))
    return facts


def _had_by(whole: Whole, closed: Team, task: Task) -> Offer | None:
    """The offer to end when a closed team loses a task: of the team that it asked, or the one by which it has it.

    Where it asked another team and has it again, the task still names that other offer.
    """
    offer = whole.offer_of(task)
    if offer is None or offer.team == closed.id or offer.state == "offered":
        return offer
    accepted = (one for one in whole.offers if one.team == closed.id and one.state == "accepted")
    return next(accepted, None)


def _offer(
    whole: Whole,
    closed: Team,
    to: Team,
    owner: str,
    before: Offer | None,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> Offer:
    waiting = waiting_at(whole, to)
    if waiting is not None and waiting != before:
        return waiting
    return Offer(
        offer_id=new_id(),
        handover_id=whole.handover.handover_id,
        team=to.id,
        role=to.role,
        instead_of=closed.organisation,
        from_team=owner,
        redirects=before.offer_id if before else None,
        redirect_count=before.redirect_count if before else 0,
        accept_by=accept_by(playbook.accept_move, to, now, playbook),
    )
