"""From a discharge to a handover, and from a question about a stay to an owner for it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.coordinating import needed
from services.referral.domain.discharge import Discharge
from services.referral.domain.facts import HandoverOpened, NotOpened
from services.referral.domain.handover import Handover, Whole
from services.referral.domain.planning import Ids, Planned, arrange, plan, plan_on, sender_of
from services.referral.domain.rules import Playbook, Trigger


def decide(
    discharge: Discharge,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    replaces: UUID | None = None,
) -> HandoverOpened | NotOpened:
    """Open a handover for a discharge, or say why there is none.

    The sender's team owns everything until a receiver accepts. After a death in hospital that team's own duty is
    all there is (S04). `replaces` is the withdrawn handover of the same stay that the new one follows (S02).
    """
    if discharge.test_patient and playbook.live:
        return NotOpened(discharge.spell_id, discharge.patient_key, "test-patient")
    planned = plan(discharge, now, playbook)
    if not planned:
        return NotOpened(discharge.spell_id, discharge.patient_key, "no-rule-applies")
    return _opened(_handover(discharge, now, playbook, new_id, replaces), planned, new_id)


def open_again(
    withdrawn: Whole, now: datetime, playbook: Playbook, new_id: Ids
) -> HandoverOpened | None:
    """Follow a handover that was withdrawn for a reason that does not hold any more, on its original clock.

    What was done in it is not asked again. None when nothing is left to ask, or its discharge is not known.
    """
    before = withdrawn.handover
    if before.discharge is None:
        return None
    done = {task.rule_id for task in withdrawn.tasks if task.status == "completed"}
    planned = [
        one for one in plan(before.discharge, before.opened_at, playbook) if one.rule.id not in done
    ]
    if not planned:
        return None
    handover = _handover(before.discharge, now, playbook, new_id, before.handover_id)
    return _opened(handover, planned, new_id)


def open_more(
    completed: Whole,
    discharge: Discharge,
    rules: Collection[str],
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> HandoverOpened:
    """Hand over what a correction asks for in addition, after the handover of the discharge was completed."""
    handover = _handover(discharge, now, playbook, new_id)
    planned = [
        one
        for one in plan(discharge, completed.handover.opened_at, playbook)
        if one.rule.id in rules
    ]
    return _opened(handover, planned, new_id)


def open_loose_end(
    spell_id: UUID,
    patient_key: str,
    provider: str,
    triggers: Collection[Trigger],
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> HandoverOpened:
    """Give questions about a stay an owner where no handover of it is open: the ward's own duties and no more."""
    sender = sender_of(provider, playbook)
    handover = Handover(
        handover_id=new_id(),
        spell_id=spell_id,
        patient_key=patient_key,
        sender=provider,
        sender_team=sender.id,
        coordinator_team=sender.id,
        clock_started_at=now,
        opened_at=now,
        purpose="loose-end",
    )
    planned = [one for each in triggers for one in plan_on(each, handover, now, playbook)]
    return _opened(handover, planned, new_id)


def _handover(
    discharge: Discharge,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    replaces: UUID | None = None,
) -> Handover:
    sender = sender_of(discharge.provider, playbook)
    return Handover(
        handover_id=new_id(),
        spell_id=discharge.spell_id,
        patient_key=discharge.patient_key,
        sender=discharge.provider,
        sender_team=sender.id,
        coordinator_team=sender.id,
        clock_started_at=discharge.discharged_at,
        opened_at=now,
        test_patient=discharge.test_patient,
        replaces=replaces,
        discharge=discharge,
        death="said" if discharge.deceased else "",
    )


def _opened(
    handover: Handover, planned: tuple[Planned, ...] | list[Planned], new_id: Ids
) -> HandoverOpened:
    offers, tasks = arrange(planned, handover, (), new_id)
    if handover.purpose in ("discharge", "referral") and planned:
        coordinator = needed(offers, planned[0].playbook)
        if coordinator != handover.coordinator:
            handover = replace(handover, coordinator=coordinator)
    return HandoverOpened(handover, offers, tasks)
