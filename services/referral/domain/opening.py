"""From a discharge to a handover: which rules apply, who is asked, by when, and who is accountable meanwhile."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from services.referral.domain.deadlines import due, shortened
from services.referral.domain.directory import Team
from services.referral.domain.discharge import Discharge
from services.referral.domain.facts import HandoverOpened, NotOpened
from services.referral.domain.handover import Handover, Offer, Task
from services.referral.domain.rules import Playbook, Rule, Whose, resolve

SENDING_ROLE = "discharging-ward"

Ids = Callable[[], UUID]


def decide(
    discharge: Discharge, now: datetime, playbook: Playbook, new_id: Ids
) -> HandoverOpened | NotOpened:
    """Open a handover for a discharge, or say why there is none.

    The sender's team owns everything until a receiver accepts. A receiver that the directory does not know is
    replaced along the rule's fallback chain, which ends at the directory's last resort.
    """
    if discharge.deceased:
        return NotOpened(discharge.spell_id, discharge.patient_key, "deceased")
    if discharge.test_patient and playbook.live:
        return NotOpened(discharge.spell_id, discharge.patient_key, "test-patient")
    rules = [rule for rule in playbook.on("spell.discharged") if rule.when.holds(discharge)]
    if not rules:
        return NotOpened(discharge.spell_id, discharge.patient_key, "no-rule-applies")

    directory = playbook.directory
    sender = directory.at_organisation(SENDING_ROLE, discharge.provider) or directory.last_resort
    handover = Handover(
        handover_id=new_id(),
        spell_id=discharge.spell_id,
        patient_key=discharge.patient_key,
        sender=discharge.provider,
        sender_team=sender.id,
        coordinator_team=sender.id,
        clock_started_at=discharge.discharged_at,
        opened_at=now,
        test_patient=discharge.test_patient,
    )
    offers: dict[str, Offer] = {}
    tasks = []
    for rule in rules:
        team, instead_of = _asked(rule, discharge, sender, playbook)
        offer = None
        if team.id != sender.id:
            offer = offers.get(team.id)
            if offer is None:
                offer = Offer(new_id(), handover.handover_id, team.id, team.role, instead_of)
                offers[team.id] = offer
        tasks.append(_task(rule, handover, offer, team, playbook, new_id))
    return HandoverOpened(handover, tuple(offers.values()), tuple(tasks))


def _asked(rule: Rule, discharge: Discharge, sender: Team, playbook: Playbook) -> tuple[Team, str]:
    codes: Mapping[Whose, str | None] = {
        "sender": discharge.provider,
        "registered-practice": discharge.practice,
        "nominated-pharmacy": discharge.pharmacy,
    }
    if rule.owner.of == "sender":
        return sender, ""
    for asked in (rule.owner, *rule.fallback):
        team = resolve(asked, codes, sender.place, playbook.directory)
        if team is not None:
            return team, "" if asked is rule.owner else rule.owner.role
    return playbook.directory.last_resort, rule.owner.role


def _task(
    rule: Rule,
    handover: Handover,
    offer: Offer | None,
    team: Team,
    playbook: Playbook,
    new_id: Ids,
) -> Task:
    anchor = handover.opened_at if rule.anchor == "opened_at" else handover.clock_started_at
    when = shortened(
        due(rule.counting, anchor, team.calendar, playbook.holidays), anchor, playbook.divisor
    )
    return Task(
        task_id=new_id(),
        handover_id=handover.handover_id,
        offer_id=offer.offer_id if offer else None,
        code=rule.code,
        rule_id=rule.id,
        rule_version=rule.version,
        owner_team=handover.coordinator_team,
        # The sender's own duty needs nobody's acceptance; what is asked of others does.
        status="requested" if offer else "accepted",
        anchored_at=anchor,
        due_at=when.due_at,
        not_before=when.not_before,
        needs_outcome=rule.needs_outcome,
    )
