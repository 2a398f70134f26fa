"""What has to be done: which rules apply, who is asked, by when, and who is accountable meanwhile."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.referral.domain.deadlines import Due, due, shortened
from services.referral.domain.directory import Team
from services.referral.domain.discharge import Discharge
from services.referral.domain.handover import Handover, Offer, Task
from services.referral.domain.rules import Anchor, Playbook, Rule, Trigger, Whose, resolve

SENDING_ROLE = "discharging-ward"

Ids = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing to be done, before it is anybody's task."""

    rule: Rule
    team: Team
    instead_of: str
    """The role that the directory does not know, so that `team` is asked in its place."""
    anchored_at: datetime
    when: Due


def sender_of(provider: str, playbook: Playbook) -> Team:
    """The ward that answers for a hospital; the last resort for a hospital that nobody knows."""
    directory = playbook.directory
    return directory.at_organisation(SENDING_ROLE, provider) or directory.last_resort


def plan(discharge: Discharge, opened_at: datetime, playbook: Playbook) -> tuple[Planned, ...]:
    """Everything that a discharge asks for, in the order of the rules.

    A receiver that the directory does not know is replaced along the rule's fallback chain, which ends at the
    directory's last resort.
    """
    trigger: Trigger = "patient.died_in_hospital" if discharge.deceased else "spell.discharged"
    sender = sender_of(discharge.provider, playbook)
    anchors: Mapping[Anchor, datetime] = {
        "discharged_at": discharge.discharged_at,
        "opened_at": opened_at,
    }
    return tuple(
        _planned(rule, sender, sender, _codes(discharge), anchors[rule.anchor], playbook)
        for rule in playbook.on(trigger)
        if rule.when.holds(discharge)
    )


def plan_on(
    trigger: Trigger, handover: Handover, anchor: datetime, playbook: Playbook
) -> tuple[Planned, ...]:
    """Everything that something else than a discharge asks for in a handover."""
    teams, last_resort = playbook.directory.teams, playbook.directory.last_resort
    sender = teams.get(handover.sender_team, last_resort)
    coordinator = teams.get(handover.coordinator_team, last_resort)
    codes: Mapping[Whose, str | None] = {"sender": handover.sender}
    if handover.discharge is not None:
        codes = _codes(handover.discharge)
    return tuple(
        _planned(rule, sender, coordinator, codes, anchor, playbook)
        for rule in playbook.on(trigger)
        if handover.discharge is None or rule.when.holds(handover.discharge)
    )


def arrange(
    planned: Sequence[Planned], handover: Handover, waiting: Iterable[Offer], new_id: Ids
) -> tuple[tuple[Offer, ...], tuple[Task, ...]]:
    """Make tasks of what was planned, and offers to the teams that must be asked for them.

    A team with an offer among `waiting` finds the task there. The sender owns what is asked of others until they
    accept.
    """
    offers = {offer.team: offer for offer in waiting}
    made, tasks = [], []
    for one in planned:
        own = one.team.id == handover.sender_team or one.rule.owner.of == "coordinator"
        offer = None if own else offers.get(one.team.id)
        if not own and offer is None:
            offer = Offer(
                new_id(), handover.handover_id, one.team.id, one.team.role, one.instead_of
            )
            offers[one.team.id] = offer
            made.append(offer)
        tasks.append(task_of(one, handover, offer, new_id))
    return tuple(made), tuple(tasks)


def task_of(
    planned: Planned,
    handover: Handover,
    offer: Offer | None,
    new_id: Ids,
    *,
    alert_id: UUID | None = None,
    follows: UUID | None = None,
) -> Task:
    """The task; with no offer it is the team's own duty and needs nobody's acceptance."""
    return Task(
        task_id=new_id(),
        handover_id=handover.handover_id,
        offer_id=offer.offer_id if offer else None,
        code=planned.rule.code,
        rule_id=planned.rule.id,
        rule_version=planned.rule.version,
        owner_team=handover.sender_team if offer else planned.team.id,
        status="requested" if offer else "accepted",
        anchored_at=planned.anchored_at,
        due_at=planned.when.due_at,
        not_before=planned.when.not_before,
        needs_outcome=planned.rule.needs_outcome,
        alert_id=alert_id,
        follows=follows,
    )


def _codes(discharge: Discharge) -> Mapping[Whose, str | None]:
    return {
        "sender": discharge.provider,
        "registered-practice": discharge.practice,
        "nominated-pharmacy": discharge.pharmacy,
    }


def _planned(
    rule: Rule,
    sender: Team,
    coordinator: Team,
    codes: Mapping[Whose, str | None],
    anchor: datetime,
    playbook: Playbook,
) -> Planned:
    team, instead_of = _asked(rule, sender, coordinator, codes, playbook)
    when = due(rule.counting, anchor, team.calendar, playbook.holidays)
    return Planned(rule, team, instead_of, anchor, shortened(when, anchor, playbook.divisor))


def _asked(
    rule: Rule,
    sender: Team,
    coordinator: Team,
    codes: Mapping[Whose, str | None],
    playbook: Playbook,
) -> tuple[Team, str]:
    if rule.owner.of == "sender":
        return sender, ""
    if rule.owner.of == "coordinator":
        return coordinator, ""
    for asked in (rule.owner, *rule.fallback):
        team = resolve(asked, codes, sender.place, playbook.directory)
        if team is not None:
            return team, "" if asked is rule.owner else rule.owner.role
    return playbook.directory.last_resort, rule.owner.role
