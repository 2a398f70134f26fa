"""What has to be done: which rules apply, who is asked, by when, and who is accountable meanwhile."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.referral.domain.calendars import open_within
from services.referral.domain.case import Case
from services.referral.domain.deadlines import Due, due, shortened
from services.referral.domain.directory import Team
from services.referral.domain.discharge import Discharge
from services.referral.domain.handover import Handover, MissingResult, Offer, Task
from services.referral.domain.ladder import first_ring
from services.referral.domain.referral import Referral
from services.referral.domain.rules import (
    HAPPENED,
    Anchor,
    Asked,
    Playbook,
    Rule,
    Trigger,
    Whose,
    resolve,
)

SENDING_ROLE = "discharging-ward"

Ids = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing to be done, before it is anybody's task."""

    rule: Rule
    team: Team
    instead_of: str
    """The role that the directory does not know, or the organisation that `team` follows; empty: asked as meant."""
    anchored_at: datetime
    when: Due
    playbook: Playbook = field(compare=False, repr=False)
    """What it was planned with."""

    @property
    def due_at(self) -> datetime:
        """By when it must be done (UTC)."""
        return self.when.due_at

    @property
    def rings_at(self) -> datetime:
        """When silence about it is first said (UTC)."""
        return first_ring(self, self.rule, self.team.calendar, self.playbook)


def sender_of(provider: str, playbook: Playbook) -> Team:
    """The ward that answers for a hospital; the last resort for a hospital that nobody knows."""
    directory = playbook.directory
    return directory.at_organisation(SENDING_ROLE, provider) or directory.last_resort


def plan(
    discharge: Discharge,
    opened_at: datetime,
    playbook: Playbook,
    happened: Mapping[str, datetime] | None = None,
) -> tuple[Planned, ...]:
    """Everything that a discharge asks for, in the order of the rules.

    A receiver that the directory does not know is replaced along the rule's fallback chain, which ends at the
    directory's last resort. `happened` is what its rules may count from.
    """
    trigger: Trigger = "patient.died_in_hospital" if discharge.deceased else "spell.discharged"
    sender = sender_of(discharge.provider, playbook)
    anchors = _anchors(opened_at, happened or {}) | {"discharged_at": discharge.discharged_at}
    return tuple(
        _planned(rule, sender, sender, _codes(discharge), anchors, playbook)
        for rule in playbook.on(trigger)
        if rule.when.holds(discharge)
    )


def plan_on(
    trigger: Trigger, handover: Handover, anchor: datetime, playbook: Playbook
) -> tuple[Planned, ...]:
    """Everything that something else than a discharge asks for in a handover; counted from `anchor`.

    A rule that names an anchor which the handover knows is counted from that.
    """
    teams, last_resort = playbook.directory.teams, playbook.directory.last_resort
    sender = teams.get(handover.sender_team, last_resort)
    coordinator = teams.get(handover.coordinator_team, last_resort)
    case, anchors = handover.case, _anchors(anchor, handover.happened)
    if isinstance(case, Referral):
        anchors["clock_started_at"] = case.clock_started_at
    elif case is not None:
        anchors["discharged_at"] = case.discharged_at
    codes = _codes_of(handover)
    return tuple(
        _planned(rule, sender, coordinator, codes, anchors, playbook, service_of(case, playbook))
        for rule in playbook.on(trigger)
        if case is None or rule.when.holds(case)
    )


def plan_again(rule: Rule, handover: Handover, playbook: Playbook) -> Planned:
    """A rule of this handover, counted anew from what it knows by now."""
    sender = playbook.directory.teams.get(handover.sender_team, playbook.directory.last_resort)
    case = handover.case
    codes, anchors = _codes_of(handover), _anchors(handover.opened_at, handover.happened)
    return _planned(rule, sender, sender, codes, anchors, playbook, service_of(case, playbook))


def service_of(case: Case | None, playbook: Playbook) -> Team | None:
    """The team that a referral asks."""
    return playbook.directory.teams.get(case.service) if isinstance(case, Referral) else None


def arrange(
    planned: Sequence[Planned], handover: Handover, waiting: Iterable[Offer], new_id: Ids
) -> tuple[tuple[Offer, ...], tuple[Task, ...]]:
    """Make tasks of what was planned, and offers to the teams that must be asked for them.

    A team with an offer among `waiting` finds the task there. The sender owns what is asked of others until they
    accept; the team that a referral is with, and that has accepted it, has what is asked of it at once.
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
    result: MissingResult | None = None,
) -> Task:
    """The task; with no offer it is the team's own duty and needs nobody's acceptance."""
    return Task(
        task_id=new_id(),
        handover_id=handover.handover_id,
        offer_id=offer.offer_id if offer else None,
        code=planned.rule.code,
        rule_id=planned.rule.id,
        rule_version=planned.rule.version,
        owner_team=_accountable(planned, handover, offer),
        status="requested" if offer and offer.state == "offered" else "accepted",
        anchored_at=planned.anchored_at,
        due_at=planned.when.due_at,
        not_before=planned.when.not_before,
        needs_outcome=planned.rule.needs_outcome,
        alert_id=alert_id,
        follows=follows,
        skill=planned.rule.skill,
        priority=planned.rule.priority,
        working=planned.when.working,
        rings_at=planned.rings_at,
        result=result or planned.rule.unnamed_result(planned.team),
    )


def _accountable(planned: Planned, handover: Handover, offer: Offer | None) -> str:
    """Who asks, until the team that is asked accepts; a team that has accepted has what joins its offer."""
    if offer is None or offer.state == "accepted":
        return planned.team.id
    return offer.from_team or handover.sender_team


def _anchors(
    otherwise: datetime, happened: Mapping[str, datetime]
) -> defaultdict[Anchor, datetime]:
    known: defaultdict[Anchor, datetime] = defaultdict(lambda: otherwise)
    known.update((HAPPENED + code, at) for code, at in happened.items())
    return known


def _codes_of(handover: Handover) -> Mapping[Whose, str | None]:
    return _codes(handover.case) if handover.case is not None else {"sender": handover.sender}


def _codes(case: Case) -> Mapping[Whose, str | None]:
    if isinstance(case, Referral):
        return {
            "sender": case.referrer,
            "referrer": case.referrer,
            "registered-practice": case.practice,
        }
    return {
        "sender": case.provider,
        "registered-practice": case.practice,
        "nominated-pharmacy": case.pharmacy,
    }


def _planned(
    rule: Rule,
    sender: Team,
    coordinator: Team,
    codes: Mapping[Whose, str | None],
    anchors: Mapping[Anchor, datetime],
    playbook: Playbook,
    service: Team | None = None,
) -> Planned:
    anchor = anchors[rule.anchor]
    team, instead_of = _asked(rule, sender, coordinator, codes, playbook, service)
    when = due(rule.counting, anchor, team.calendar, playbook.holidays)
    if rule.cover is not None and not open_within(
        team.calendar, playbook.holidays, when.not_before or anchor, when.due_at
    ):
        cover = resolve(rule.cover, codes, sender.place, playbook.directory)
        if cover is not None and cover is not team:
            team, instead_of = cover, rule.owner.role
            when = due(rule.counting, anchor, team.calendar, playbook.holidays)
    return Planned(
        rule, team, instead_of, anchor, shortened(when, anchor, playbook.divisor), playbook
    )


def _asked(
    rule: Rule,
    sender: Team,
    coordinator: Team,
    codes: Mapping[Whose, str | None],
    playbook: Playbook,
    service: Team | None,
) -> tuple[Team, str]:
    if rule.owner.of == "sender" and not rule.owner.role:
        return sender, ""
    if rule.owner.of == "coordinator":
        return coordinator, ""
    if rule.owner.of == "service" and service is not None:
        return service, ""
    for asked in (rule.owner, *rule.fallback):
        team = resolve(asked, codes, sender.place, playbook.directory)
        if team is not None:
            return team, instead_of(rule, asked, team, codes)
    return playbook.directory.last_resort, rule.owner.role


def instead_of(rule: Rule, asked: Asked, team: Team, codes: Mapping[Whose, str | None]) -> str:
    """In whose place a team is asked: of the rule's role, or of the closed organisation that it follows (S09)."""
    if asked is not rule.owner:
        return rule.owner.role
    meant = codes.get(asked.of) or ""
    return "" if asked.of == "place" or meant == team.organisation else meant
